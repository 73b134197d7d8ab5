"""When a counter-example is looked for, and what a fault that only other networks show becomes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from annprobe.counterexample import Recorded, counterexample, smallest
from annprobe.counterexample.formula import formula
from annprobe.counterexample.search import Smallest
from annprobe.diagnosis.causes.gradients.accused import gradient_findings
from annprobe.findings import CounterExample, Finding
from annprobe.listing.accusing import accusations
from annprobe.listing.scene import Scene
from annprobe.subject.reading.source import Source
from annprobe.subject.search import Found
from annprobe.subject.understanding import Understanding
from annprobe.subject.usage import MadeUsage
from annprobe.training.schedule import catalogue_loss

Build = Callable[[tuple[int, ...]], Understanding | None]

_HIDDEN, _EQUAL = (5, 4), 4  # widths of two hidden layers; of all layers where only equal ones fit
SECONDS = {"quick": 0.0, "normal": 5.0, "thorough": 20.0}


@dataclass(frozen=True)
class SmallestCase:
    """What was found: the example, and findings for a fault that the module's own usage does not show."""

    example: CounterExample | None = None
    findings: tuple[Finding, ...] = ()


def smallest_case(
    source: Source, found: Found, scene: Scene, findings: Sequence[Finding], effort: str, build: Build
) -> SmallestCase:
    """The smallest network that shows the wrong gradient; also where the usage shows none.

    A usage of the module's own is taken at its word, but for effort thorough; one that annprobe made has an
    architecture that annprobe chose, and deeper ones are looked at, too.

    build  makes the module's network in another architecture and reads it
    """
    seconds = SECONDS.get(effort, 0.0)
    like = found.usage if isinstance(found.usage, MadeUsage) else None
    wrong = any(not judged.right for judged in scene.hypothesis.judged)
    if any(f.code.startswith("AP3") or (wrong and f.code.startswith("AP9")) for f in findings):
        lines = _lines(scene)

        def alike(recorded: Recorded) -> bool:
            return _same_cost(scene.found, recorded.found)

        def same(recorded: Recorded) -> bool:
            return alike(recorded) and (not lines or bool(lines & _lines(_scene(recorded))))

        case = smallest(source, like=like, seconds=seconds, alike=alike, accept=same, confirm=_can_be_shown)
        return SmallestCase(counterexample(case) if case is not None else None)
    deeper = _deeper(like, scene, build) if like is not None and not findings else ()
    if effort != "thorough" and not deeper:
        return SmallestCase()
    hidden = _hidden(source, like, scene.found, seconds)
    return hidden if hidden.findings else SmallestCase(hidden.example, deeper)


def _can_be_shown(case: Smallest) -> bool:
    return formula(case) is not None


def _deeper(like: MadeUsage, scene: Scene, build: Build) -> tuple[Finding, ...]:
    """What goes wrong with one more hidden layer: of other widths, or where that raises of equal ones."""
    sizes, hypothesis = like.program.sizes, scene.found.hypothesis
    if sizes is None or len(sizes) != 3 or hypothesis is None:
        return ()
    for wanted in ((sizes[0], *_HIDDEN, sizes[-1]), (_EQUAL,) * 4):
        found = build(wanted)
        if found is None or found.missing or found.hypothesis is None or found.hypothesis.name != hypothesis.name:
            continue
        if len(found.hypothesis.judged) <= len(hypothesis.judged):
            continue
        note = f"with one hidden layer nothing is wrong: it appears with widths {list(wanted)}"
        made = gradient_findings(Scene(found, found.hypothesis))
        return tuple(replace(f, notes=(*f.notes, note)) for f in made if f.code.startswith("AP3"))
    return ()


def _hidden(source: Source, like: MadeUsage | None, found: Understanding, seconds: float) -> SmallestCase:
    """A fault of other widths, depths or numbers of examples."""
    def sound(recorded: Recorded) -> bool:
        return _same_cost(found, recorded.found) and any(not j.right for j in recorded.judged)

    case = smallest(source, like=like, seconds=seconds, accept=sound)
    example = counterexample(case, elsewhere=True) if case is not None else None
    if case is None or example is None or example.script is None:
        return SmallestCase()
    note = (
        f"the module's own usage does not show it: it appears with widths {list(example.architecture)} and "
        f"{example.examples} example{'s' * (example.examples != 1)}"
    )
    findings = gradient_findings(_scene(case.recorded))
    return SmallestCase(example, tuple(replace(f, notes=(*f.notes, note)) for f in findings))


def _same_cost(one: Understanding, other: Understanding) -> bool:
    """Whether both were judged against the cost of the same line, or the same loss of the catalogue: where there is
    but one example or output, other values are single numbers, too."""
    mine, theirs = one.hypothesis, other.hypothesis
    if mine is None or theirs is None:
        return False
    if mine.cost is not None and theirs.cost is not None:
        return one.places.line(mine.cost) == other.places.line(theirs.cost)
    loss = catalogue_loss(mine, one.tried)
    return loss is not None and loss == catalogue_loss(theirs, other.tried)


def _scene(recorded: Recorded) -> Scene:
    assert recorded.found.hypothesis is not None
    return Scene(recorded.found, recorded.found.hypothesis)


def _lines(scene: Scene) -> set[int]:
    """Lines that are accused."""
    lines = (scene.found.places.line(accused.node) for accused in accusations(scene))
    return {line for line in lines if line is not None}
