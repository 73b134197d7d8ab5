"""A backward pass that never sees what the forward pass computes: it works with other numbers under another name."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from annprobe.diagnosis.clauses.wording import established, place_at
from annprobe.findings import Evidence, Finding
from annprobe.subject.reading.words import roles_of
from annprobe.subject.roles.links import COPIES, SHAPES, Link, alias
from annprobe.subject.roles.series import corrected_series
from annprobe.subject.understanding import Understanding
from annprobe.tape.nodes import Tape
from annprobe.tape.replay import slice_of

UNREAD = "corrections that depend on no output"  # name of the evidence
_CORRECTIONS = 3  # of one array, that are no accident
_MADE = {"zeros", "ones", "zeros_like", "ones_like", "empty", "full"}  # no data are made like that
_PRODUCTS = {"dot", "matmul", "einsum", "tensordot"}


def unread_output_findings(found: Understanding) -> tuple[Finding, ...]:
    """At most one: the last layer's product goes nowhere, and its weights are corrected all the same."""
    tape = found.tape
    corrected = _corrected(found)
    if found.dependence is None or not corrected:
        return ()
    links = [link for several in corrected.values() for link in several]
    own = {version for chain in found.chains for version in chain.versions}  # parameters, as their corrections tell
    backward = set(slice_of(tape, [link.correction for link in links if link.correction is not None]))
    for start, several in corrected.items():
        versions = {start, *(link.new for link in several)}
        if versions & own:
            continue
        products = [n for n in _products(tape, versions) if found.dependence.touched(_other(tape, n, versions))]
        inside = [n for n in products if several[0].old <= n < several[-1].new]
        if inside and not backward.intersection(products):
            error = _error(found, several[-1], inside[-1])
            return (_finding(found, several, inside[-1], error),) if error is not None else ()
    return ()


def _corrected(found: Understanding) -> dict[int, list[Link]]:
    """Arrays that are corrected again and again by one statement, by their start value."""
    series = corrected_series(found.tape, found.links, lambda link: np.ndim(found.tape.value(link.old)) == 2)
    return {start: links for start, links in series.items() if len(links) >= _CORRECTIONS}


def _products(tape: Tape, versions: set[int]) -> list[int]:
    """Matrix products with one of the versions, or its transpose, as a factor."""
    return [
        number
        for number, node in enumerate(tape.nodes)
        if node.op in _PRODUCTS and any(alias(tape, i, COPIES | SHAPES) in versions for i in node.inputs)
    ]


def _other(tape: Tape, product: int, versions: set[int]) -> int:
    return next((i for i in tape[product].inputs if alias(tape, i, COPIES | SHAPES) not in versions), product)


def _error(found: Understanding, link: Link, product: int) -> tuple[int, int] | None:
    """(error, what stands in the output's place): a difference of its shape in which no parameter takes part."""
    tape, dependence = found.tape, found.dependence
    assert dependence is not None
    shape = np.shape(tape.value(product))
    way = slice_of(tape, [link.correction] if link.correction is not None else [])
    for number in way:
        node = tape[number]
        if node.op == "subtract" and np.shape(node.value) == shape and not dependence.touched(number):
            arrays = [alias(tape, i) for i in node.inputs if np.shape(tape.value(i)) == shape]
            return number, max(arrays, key=lambda i: _staleness(found, i), default=number)
    return None


def _staleness(found: Understanding, node: int) -> tuple[bool, bool, bool]:
    """Which of two arrays is more likely to stand for the output, and which for the targets."""
    roles = roles_of(found.places.name(node) or found.places.text(node) or "", making=False)
    return found.tape[node].op in _MADE, "output" in roles, "Y" not in roles


def _finding(found: Understanding, several: list[Link], product: int, error: tuple[int, int]) -> Finding:
    tape, places = found.tape, found.places
    stale = places.name(error[1]) or places.text(error[1]) or "what stands in its place"
    last = max(_following(tape, product), default=product)
    name = places.name(last) or places.text(last) or "its output"
    spans = [places.span(error[0]), places.span(error[1]), places.span(product)]
    return established(
        "state",
        f"the backward pass does not see what the forward pass computes: {places.text(error[0]) or 'the error'} is "
        f"formed of {stale}, which no parameter has a part in; {name} is computed and never looked at",
        [place_at(places, span) for span in spans if span is not None],
        (Evidence(UNREAD, len(several)),),
        f"form the error from the output of this step's forward pass: store {name} where the backward pass reads "
        f"{stale}, or hand it over",
    )


def _following(tape: Tape, product: int) -> list[int]:
    """What is computed from a product, entry by entry: bias added, activation taken."""
    shape = np.shape(tape.value(product))
    users: dict[int, list[int]] = defaultdict(list)
    for number in range(product + 1, len(tape)):
        for i in tape[number].inputs:
            users[i].append(number)
    found, frontier = [], [product]
    while frontier:
        node = frontier.pop()
        following = [n for n in users[node] if np.shape(tape.value(n)) == shape and n not in found]
        found += following
        frontier += following
    return found
