"""One fault after the other: what was explained is put right on the tape, and the backward pass is looked at again.

Two faults hide each other: a wrong value made of a wrong value has no single change that mends it, and factors can
only be compared where the gradients are right.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from annprobe.listing.accusing import of_right
from annprobe.listing.blame import Accused
from annprobe.listing.change import Explained
from annprobe.listing.explained import Pair, explanations
from annprobe.listing.helpers import of_its_function, put_right, wrong_function
from annprobe.listing.mended import Repaired, mended
from annprobe.listing.repairs import Known, knowledge, repairs
from annprobe.listing.scene import Scene
from annprobe.listing.where import blamed_helper, takes_factor_from
from annprobe.tape.nodes import Frame
from annprobe.tape.replay import slice_of

_SECONDS = 8.0
_MOST = 8


@dataclass(frozen=True)
class Look:
    """What is wrong with the backward pass once everything that earlier looks found is right.

    pairs    what is to blame now, and was not before; what has no explanation only where nothing has one
    unsized  values that were put right but for a constant, which is not known: of what is made of them factors can
             only be compared with each other
    """

    scene: Scene
    pairs: list[Pair]
    unsized: frozenset[int]

    @property
    def sure(self) -> bool:
        """Whether the sizes of all values that were put right are known."""
        return not self.unsized


def looks(scene: Scene) -> list[Look]:
    """The backward pass as it is; then without what was found, as long as that shows more."""
    if scene.looked is None:
        scene.looked = _looks(scene)
    return scene.looked


def _looks(scene: Scene) -> list[Look]:
    start = time.process_time()
    found: list[Look] = []
    state = _State()
    while True:
        began = time.process_time()
        look = _look(scene, state, found)
        found.append(look)
        right = state.learn(look)
        stuck = not look.pairs and right.keys() <= scene.mended.keys()
        after = mended(scene, right) if right and not stuck else None
        now = time.process_time()
        if after is None or len(found) >= _MOST or 2 * now - began - start > _SECONDS:  # another look takes as long
            return found
        scene = after


@dataclass
class _State:
    """What is known so far.

    known    site of an accused statement -> what is wrong with it
    unclear  sites without explanation from the beginning: later ones may come of the repairs
    """

    known: dict[int, Known] = field(default_factory=dict)
    unclear: set[int] = field(default_factory=set)

    @property
    def sure(self) -> bool:
        """Whether the sizes of all that was put right are known."""
        return all(one.sized for one in self.known.values())

    def learn(self, look: Look) -> dict[int, Repaired]:
        """Takes in what a look shows; what to put right for the next one."""
        scene, right = look.scene, dict[int, Repaired]()
        rest: list[Pair] = []
        for item, explained in look.pairs:
            code = wrong_function(scene, item, explained.change) if explained is not None else None
            several = put_right(scene, code, explained.change) if code is not None and explained is not None else {}
            right |= several
            rest += [] if several else [(item, explained)]
        self.known |= knowledge(scene, rest)
        return right | repairs(scene, self.known, rest)


def _look(scene: Scene, state: _State, before: list[Look]) -> Look:
    """What is wrong now, and was not known."""
    known = state.known
    pairs = explanations(scene, {site: one.explained for site, one in known.items() if not _is_provisional(one)})
    new = [(a, e) for a, e in pairs if _is_new(e, known.get(_site(scene, a))) and not _behind(scene, a, known)]
    # where nothing was right to begin with the repaired values are less sure: a product fits by chance
    new = [(a, of_its_function(scene, a, e) if e is not None else None) for a, e in new]
    strict = bool(before) and not before[0].scene.hypothesis.right
    by_chance = {"product"} if strict else set()
    by_chance |= set() if state.sure else {"term"}  # of a gradient and its penalty, one has another scale now
    explained: list[Pair] = [(a, e) for a, e in new if e and e.change.kind not in by_chance]
    if not before:
        state.unclear = {_site(scene, a) for a, e in new if e is None}
    explained = _of_one_function(scene, explained)
    firm: list[Pair] = [(a, e) for a, e in explained if e is not None and e.also is None]
    unclear = [(a, e) for a, e in new if state.sure and (_site(scene, a) in state.unclear or of_right(scene, a))]
    certain = [(a, e) for a, e in unclear if of_right(scene, a)]  # wrong by themselves, whatever explains the others
    blamed = firm or certain or explained or unclear
    for look in before:  # what was found with wrong inputs is found anew with right ones
        sites = {_site(scene, a) for a, _ in blamed}
        look.pairs[:] = [pair for pair in look.pairs if _site(scene, pair[0]) not in sites]
    unsized = {n for n in scene.mended if (one := known.get(scene.found.tape[n].site)) and not one.sized}
    return Look(scene, blamed, frozenset(unsized))


def _site(scene: Scene, item: Accused) -> int:
    return scene.found.tape[item.node].site


def _is_provisional(known: Known) -> bool:
    """Whether a statement was explained with an input that was wrong itself."""
    return known.explained is not None and known.explained.also is not None


def _is_new(explained: Explained | None, known: Known | None) -> bool:
    return known is None or (_is_provisional(known) and explained is not None and explained.also is None)


def _of_one_function(scene: Scene, pairs: list[Pair]) -> list[Pair]:
    """Without the other lines that call a wrong function: they are looked at once it is right."""
    helpers: set[Frame] = set()
    left: list[Pair] = []
    for item, explained in pairs:
        change = explained.change if explained is not None else None
        if takes_factor_from(scene, item, change, helpers):
            continue
        helper = blamed_helper(scene, item, change)
        helpers |= {helper} if helper is not None else set()
        left.append((item, explained))
    return left


def _behind(scene: Scene, item: Accused, known: dict[int, Known]) -> bool:
    """Whether a value is made of another turn of a known statement that is not right yet."""
    way = slice_of(scene.found.tape, [item.node], stop=scene.versions) if known else []
    turns = (n for n in way if scene.found.tape[n].site in known and n in scene.error and n not in scene.mended)
    return any(scene.label(n) is None for n in turns)
