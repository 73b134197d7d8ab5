"""From a search to plain data: the network, both values, the true one by hand, and lines to paste."""

from __future__ import annotations

from annprobe.counterexample.formula import STEP, Formula, formula
from annprobe.counterexample.script import script
from annprobe.counterexample.search import Smallest
from annprobe.findings import CounterExample


def counterexample(case: Smallest, *, elsewhere: bool = False) -> CounterExample | None:
    """The case as data; None where no independent formula confirms its true value."""
    found = formula(case)
    program, judged = case.recorded.usage.program, case.recorded.judged[case.parameter]
    if found is None:
        return None
    return CounterExample(
        case.recorded.architecture or program.widths,
        program.n,
        case.recorded.found.names[judged.move.chain],
        case.index,
        case.user,
        case.true,
        _by_hand(case, found),
        script(case, found),
        elsewhere,
    )


def _by_hand(case: Smallest, found: Formula) -> tuple[str, ...]:
    w = f"{found.value:.9g}"
    return (
        f"C(w) = {found.text}",
        f"true: (C({w} + {STEP:g}) - C({w} - {STEP:g})) / {2 * STEP:g} = "
        f"({found.above:.9g} - {found.below:.9g}) / {2 * STEP:g} = {found.slope:.6g}",
        f"yours: {case.user:.6g}",
    )
