"""Which quantities a log shows: every row of as many numbers as there are weights may be the weights themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from annprobe.forensics.numbers import Group, groups
from annprobe.forensics.quantities import Quantities, Replay
from annprobe.patience import patient_time
from annprobe.subject.understanding import Understanding

_STEPS = 20_000
_ROUNDED = 10.0  # how much more than the printed weights' own rounding what follows from them may be off
_FEW = 2  # telling numbers that have to agree before a single group counts


@dataclass(frozen=True)
class Explanation:
    """What a group of numbers is. ``step`` counts updates after ``start``; ``factor`` is not searched: values agree.

    gradient_shown  the words beside them say gradient, and they are the weights
    """

    group: Group
    quantity: str
    step: int
    start: str
    gradient_shown: bool = False


def explain(text: str, found: Understanding, seconds: float = 6.0) -> list[Explanation]:
    """For every group of numbers that is recognised: the quantity, the step, and the start it follows from.

    text   what was printed or pasted
    found  an understood run of the module that printed it
    The start that explains most of the other numbers is taken; the module's own one is among the candidates.
    """
    replay, deadline = Replay(found), patient_time() + seconds
    shown = groups(text)
    best: list[Explanation] = []
    for start, weights, source in _starts(replay, shown):
        explained = _followed(replay, weights, start, source, shown, min(deadline, patient_time() + seconds / 2))
        if _worth(explained, source) > _worth(best, None):
            best = explained
        if patient_time() > deadline:
            break
    return best if _worth(best, None) >= _FEW else []


def _starts(replay: Replay, shown: list[Group]) -> Iterator[tuple[str, list[object], Group | None]]:
    yield "the module's own start values", list(replay.own), None
    count = len(replay.moves)
    orders = [list(range(count))] + ([list(range(count))[::-1]] if count > 1 else [])
    for group in shown:
        if len(group.numbers) == replay.size and group.telling:
            for order in orders:
                flat = np.array([n.value for n in group.numbers])
                yield f"{group.name} as the weights", replay.from_flat(flat, order), group


def _worth(explained: list[Explanation], source: Group | None) -> int:
    """Telling numbers that are explained; those of the start itself explain nothing."""
    lines = {(n.line, n.value) for e in explained if e.group is not source and e.quantity != "the weights"
             for n in e.group.numbers if n.digits >= 3}  # fmt: skip
    return len(lines)


def _followed(
    replay: Replay, weights: list[object], start: str, source: Group | None, shown: list[Group], deadline: float
) -> list[Explanation]:
    """The training from these weights, looked at step by step until every group is explained or time is up."""
    open_groups, found = list(shown), list[Explanation]()
    lowest = None
    slack = _ROUNDED * max(n.half for n in source.numbers) if source is not None else 0.0
    for step in range(_STEPS):
        point = replay.point(weights)
        if point is None or (step % 16 == 0 and patient_time() > deadline):
            break
        quantities = replay.quantities(point, weights)
        matched = [(g, name) for g in open_groups if (name := _named(g, quantities, slack)) is not None]
        found += [Explanation(g, name, step, start, name == "the weights" and _says_gradient(g)) for g, name in matched]
        open_groups = [g for g in open_groups if all(g is not m for m, _ in matched)]
        lowest = step if matched else lowest
        if not open_groups or (lowest is None and step > 200):
            break
        weights = replay.after(point)
    return found


def _named(group: Group, quantities: Quantities, slack: float) -> str | None:
    if not group.telling:
        return None
    for name, values in quantities.items():
        if len(values) == len(group.numbers) and all(
            n.is_(float(v), slack) for n, v in zip(group.numbers, values, strict=True)
        ):
            return name
    return None


def _says_gradient(group: Group) -> bool:
    return any(word in group.words.lower() for word in ("grad", "delta", "back", "deriv"))
