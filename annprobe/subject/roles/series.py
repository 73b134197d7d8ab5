"""Values that are corrected again and again, whether their corrections show them to be parameters or not."""

from __future__ import annotations

from collections.abc import Callable

from annprobe.subject.roles.links import Link, Uses, alias, candidates
from annprobe.tape.nodes import Tape
from annprobe.tape.places import Places


def corrected_series(tape: Tape, places: Places, accept: Callable[[Link], bool]) -> dict[int, list[Link]]:
    """Node of the start value -> its genuine corrections, in order, as far as they are accepted."""
    series: dict[int, list[Link]] = {}
    start_of: dict[int, int] = {}
    for link in candidates(tape, places, Uses(tape)):
        if link.genuine and accept(link):
            start = start_of.get(link.old, alias(tape, link.old))
            start_of[link.new] = start
            series.setdefault(start, []).append(link)
    return series
