"""Values that are corrected again and again, whether their corrections show them to be parameters or not."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from annprobe.subject.roles.links import Link, alias
from annprobe.tape.nodes import Tape


def corrected_series(tape: Tape, links: Iterable[Link], accept: Callable[[Link], bool]) -> dict[int, list[Link]]:
    """Node of the start value -> its genuine corrections, in order, as far as they are accepted."""
    series: dict[int, list[Link]] = {}
    start_of: dict[int, int] = {}
    for link in links:
        if link.genuine and accept(link):
            start = start_of.get(link.old, alias(tape, link.old))
            start_of[link.new] = start
            series.setdefault(start, []).append(link)
    return series
