"""One layer of the gradient, read from the deltas above it: its own delta, and the sums that are made of it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from annprobe.catalog.mutant import Mutant
from annprobe.decoder.board import Board, without_noise, words
from annprobe.decoder.fit import CLOSE, factor, factors, same
from annprobe.decoder.reading import BUG, PLACE, RIGHT, Choice, Explanation, Reading
from annprobe.decoder.vocabulary import mutants, of_delta
from annprobe.engine.layout import Array

ENOUGH = BUG + PLACE  # one bug that explains a layer exactly: nothing simpler will come
SUMS = {"weights": "weight_gradient", "biases": "bias_gradient"}


@dataclass
class View:
    """A delta that the layer may have, and by which of its sums it was seen."""

    delta: Array
    seen: dict[str, list[Choice]]


def read_layer(board: Board, above: Explanation, layer: int, sizes: bool = True,
               thorough: bool = True) -> list[Explanation]:
    """Explanations of this layer, given one of the layers above.

    sizes     may a reduction be wrong by a factor only?
    thorough  also those with wrong sums of a delta that no sum shows
    """
    return _Layer(board, above, layer, sizes, thorough).explanations()


class _Layer:
    def __init__(self, board: Board, above: Explanation, layer: int, sizes: bool, thorough: bool) -> None:
        self.board, self.above, self.layer, self.sizes, self.thorough = board, above, layer, sizes, thorough
        self.steps = of_delta(layer, board.L)
        self._deltas: dict[int, tuple[list[Choice], Array]] = {}
        self.load()

    def load(self) -> None:
        self.board.load(self.above.deltas, self.above.slopes)

    def explanations(self) -> list[Explanation]:
        """From the plainest assumption to the boldest; as soon as some explain the layer simply, no bolder ones."""
        found: list[Explanation] = []
        base = self.above.price
        for enough, assumptions in self._assumptions():
            found += [e for assumption in assumptions for e in self._under(*assumption)]
            simple = [e for e in found if e.price - base <= enough]
            if any(e.price == base or enough > ENOUGH or not self._scaled(e) for e in simple):
                break
        return found

    def _scaled(self, explanation: Explanation) -> bool:
        """Is its delta a multiple of the right one, or 0? Then a reduction may be what multiplies it."""
        right, delta = self._of_delta(()), explanation.deltas[self.layer]
        if explanation.readings[("delta", self.layer)].right:
            return False
        return not delta.any() or (right is not None and factor(delta, right) is not None)

    def _assumptions(self) -> Iterator[tuple[int, list[tuple[Mutant | None, tuple[Mutant, ...], int]]]]:
        """What price is good enough, and (penalty, reduction, boldness): the right ones, then the catalogue's."""
        penalties = mutants("penalty_gradient") if self.board.p.architecture.l2 else ()
        reductions = self.board.reductions(self.layer, self.sizes)
        yield 0, [(None, (), 0)]
        yield ENOUGH, [(None, (), 1)]
        yield ENOUGH + PLACE, [*((None, r, 1) for r in reductions), *((p, (), 1) for p in penalties)]
        if self.thorough:
            both = [(p, r, 1) for p in penalties for r in reductions]
            yield 2 * ENOUGH, [(None, (), 2), *((None, r, 2) for r in reductions), *both]

    def _under(self, penalty: Mutant | None, reductions: tuple[Mutant, ...], bold: int) -> list[Explanation]:
        R = self.board.penalty(self.layer, penalty)
        if R is None:
            return []
        rest = without_noise(self.board.G[self.layer] - R, self.board.G[1:])
        sums = self.board.unreduced(self.layer, rest, reductions[0] if reductions else None)
        if sums is None:
            return self._destroyed(rest, R, penalty, reductions)
        asked = {"weights": sums[0]}
        if self.board.biased[self.layer]:
            asked["biases"] = sums[1]
        common = {"reduce": Reading(_all_of(reductions)), "penalty": Reading(_choices(penalty))}
        found = []
        for view in self._views(asked, bold):
            made = {kind: self._sum(kind, asked[kind], view) for kind in asked}
            reading, slope = self._delta_reading(view.delta, bold)
            readings = {(kind, self.layer): r for kind, r in {"delta": reading, **made, **common}.items()}
            found.append(self.above.said(readings, {self.layer: view.delta}, slope))
        return found

    def _destroyed(self, rest: Array, R: Array, penalty: Mutant | None, reductions: tuple[Mutant, ...],
                   ) -> list[Explanation]:
        """A reduction that cannot be undone, as 0: what the right sums would give must be what was asked."""
        delta = self._of_delta(())
        if delta is None:
            return []
        self.board.p.delta[self.layer][...] = delta
        SV, Sb = self.board.sums(self.layer, None, None)
        if SV is None or Sb is None:
            return []
        G = self.board.gradient(self.layer, SV, Sb, reductions[0] if reductions else None, penalty)
        first = 0 if self.board.biased[self.layer] else 1
        if G is None or not same((rest + R)[..., first:], G[..., first:]):
            return []
        readings = {("reduce", self.layer): Reading(_all_of(reductions)),
                    ("penalty", self.layer): Reading(_choices(penalty)), ("delta", self.layer): Reading()}
        return [self.above.said(readings, {self.layer: delta})]

    def _views(self, asked: dict[str, Array], bold: int) -> list[View]:
        """The deltas that the sums show, and with ``bold`` those that the layers above lead to."""
        views: list[View] = []

        def add(delta: Array | None, kind: str, choice: Choice) -> None:
            if delta is None:
                return
            known = next((v for v in views if same(v.delta, delta)), None)
            if known is None:
                known = View(delta, {})
                views.append(known)
            if kind:
                known.seen.setdefault(kind, []).append(choice)

        for kind, values in asked.items():
            if values.any():
                add(self.board.delta_from(SUMS[kind], self.layer, values, None), kind, ())
        if len(views) == 1 and len(views[0].seen) == 2 and bold < 2:
            return views  # weights and biases agree on it
        for kind, values in asked.items() if bold else ():
            for mutant in mutants(SUMS[kind]) if values.any() else ():
                add(self.board.delta_from(SUMS[kind], self.layer, values, mutant), kind, (mutant,))
        if bold or not views:
            add(self._of_delta(()), "", ())
        nothing = not any(values.any() for values in asked.values())
        for delta in self._candidates(1)[1] if bold > 1 or (bold and nothing) else ():
            if bold > 1 or not delta.any():
                add(delta, "", ())
        return views

    def _sum(self, kind: str, asked: Array, view: View) -> Reading:
        """What makes this sum of the view's delta."""
        if kind in view.seen:
            return Reading(tuple(view.seen[kind]))
        self.load()
        self.board.p.delta[self.layer][...] = view.delta
        return read_sum(self.board, kind, self.layer, asked)

    def _delta_reading(self, delta: Array, bold: int) -> tuple[Reading, dict[int, Array]]:
        """What makes this delta of those above; with it the slope where that is not the right one."""
        for size, exact in ((0, True), (1, True), (2, True), (0, False), (1, False), (2, False)):
            if size and not bold:
                break
            candidates, made = self._candidates(size)
            fits = factors(delta, made) if candidates else ()
            chosen = [(c, float(k)) for c, k in zip(candidates, fits, strict=True) if k == k and (k == 1.0) == exact]
            if chosen:
                k = chosen[0][1]
                choices = tuple(c for c, other in chosen if abs(other - k) <= CLOSE * abs(k))
                return Reading(choices, k), self._slope_of(choices)
        return Reading(()), {}

    def _slope_of(self, choices: Sequence[Choice]) -> dict[int, Array]:
        named = [m for c in choices for m in c if m.step == "derivative"]
        everywhere = bool(named) and all(choices) and len(choices) == len(named)
        slope = self.board.slope(self.layer, named[0]) if everywhere else None
        return {} if slope is None else {self.layer: slope}

    def _candidates(self, size: int) -> tuple[list[Choice], Array]:
        """The deltas that ``size`` mutants of different steps make of those above: (choices, K, N, n_l)."""
        if size not in self._deltas:
            made = [(c, self._of_delta(c)) for c in combinations(self.steps, size)]
            fitting = [(c, d) for c, d in made if d is not None]
            self._deltas[size] = [c for c, _ in fitting], np.array([d for _, d in fitting])
        return self._deltas[size]

    def _of_delta(self, chosen: Choice) -> Array | None:
        self.load()
        return self.board.delta(self.layer, chosen)


def combinations(steps: Sequence[str], size: int) -> Iterator[Choice]:
    """All choices of ``size`` mutants, each of another step."""
    for chosen in itertools.combinations(steps, size):
        yield from itertools.product(*(mutants(step) for step in chosen))


def read_sum(board: Board, kind: str, layer: int, asked: Array) -> Reading:
    """What makes the sum that was asked, of the deltas and slopes that are loaded."""
    made = [(_choices(m)[0], board.computed(SUMS[kind], m, layer)) for m in words(SUMS[kind])]
    fits = [(c, factor(asked, value)) for c, value in made if value is not None]
    exact = tuple(c for c, k in fits if k == 1.0)
    if exact:
        return Reading(exact)
    scaled = [(c, k) for c, k in fits if k is not None]
    return Reading(tuple(c for c, k in scaled if k == scaled[0][1]), scaled[0][1]) if scaled else Reading(())


def _choices(mutant: Mutant | None) -> tuple[Choice, ...]:
    return RIGHT if mutant is None else ((mutant,),)



def _all_of(mutants: Sequence[Mutant]) -> tuple[Choice, ...]:
    return tuple((m,) for m in mutants) or RIGHT
