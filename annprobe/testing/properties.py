"""A Hypothesis test of a network class in one line, over architectures and data."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from annprobe.errors import BadArgument
from annprobe.findings import Diagnosis, Finding
from annprobe.notebook import diagnose
from annprobe.report.tables import drawn, gradient_table
from annprobe.report.text import finding_text
from annprobe.report.words import odd_constants

# built first, to see whether it can be: class numbers need two outputs, some faults show only where widths differ
_PROBE, _TWO_OUTPUTS, _EQUAL = (2, 3, 1), (2, 3, 2), (2, 2, 2)
# what is computed: forward, backward, numerics; whether training gets anywhere is not judged on data made for the test
_GROUPS = ("AP2", "AP3", "AP6")
_OF_TRAINING = "AP203"


Probe = tuple[tuple[int, ...], Diagnosis]


class WrongNetwork(AssertionError):
    """A network of some architecture computes something wrong; the message is its diagnosis."""

    annprobe_output = True  # the plugin prints the message alone, without a traceback


def property_test(target: Any, *, max_examples: int = 10, min_layers: int = 2, max_layers: int = 4,
                  max_width: int = 4, **options: Any) -> Callable[[], None]:
    """A test that ``target`` computes the right gradient for any layer widths, weights and data.

        test_my_network = property_test(MyNetwork)

    target        as for ``annprobe.diagnose``: a class that takes layer widths, or the path of its module
    max_examples  networks tried; each is diagnosed in a process of its own, about a second each
    options       as for ``annprobe.diagnose``

    The test fails with the smallest network that shows a fault, and its diagnosis. It raises ``BadArgument`` when
    ``target`` cannot be built with layer widths of the test's choice. Classifiers that take class numbers are tried
    with two outputs or more.
    """
    probes: list[Probe] = []
    widths = st.lists(st.integers(1, max_width), min_size=min_layers, max_size=max_layers).map(tuple)

    def built(sizes: tuple[int, ...], seed: int) -> Diagnosis:
        return diagnose(target, **{"effort": "quick", **options, "sizes": sizes, "seed": seed})

    @settings(max_examples=max_examples, deadline=None, database=None, derandomize=True,
              phases=(Phase.explicit, Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck))
    @given(sizes=widths, seed=st.integers(0, 999))
    def over_networks(sizes: tuple[int, ...], seed: int) -> None:
        __tracebackhide__ = True
        assume(sizes[-1] >= probes[0][0][-1])
        diagnosis = built(sizes, seed)
        assume(has_widths(diagnosis, sizes))
        _require_right(diagnosis, sizes, probes[0])

    def test() -> None:
        __tracebackhide__ = True
        probes[:] = [_probed(lambda sizes: built(sizes, 0))]
        over_networks()

    return test


def _probed(built: Callable[[tuple[int, ...]], Diagnosis]) -> Probe:
    """The first of the probes that can be built."""
    __tracebackhide__ = True
    first = built(_PROBE)
    if has_widths(first, _PROBE):
        return _PROBE, first
    second = built(_TWO_OUTPUTS)
    if has_widths(second, _TWO_OUTPUTS):
        return _TWO_OUTPUTS, second
    square = built(_EQUAL)
    if has_widths(square, _EQUAL):
        heading = f"only networks whose layers have equal widths run: for {list(_PROBE)}, {_instead(first)}"
        raise WrongNetwork("\n\n".join([heading, *_blocks(square, _judged(square))]))
    raise BadArgument(f"no network of the widths {list(_PROBE)} could be made of it: {_instead(first)}. "
                      "annprobe.diagnose checks the one network that the module makes itself")


def _blocks(diagnosis: Diagnosis, findings: list[Finding]) -> list[str]:
    return [finding_text(diagnosis, finding, i).plain for i, finding in enumerate(findings, 1)]


def has_widths(diagnosis: Diagnosis, sizes: tuple[int, ...]) -> bool:
    """Whether the network that was diagnosed has these layer widths, a bias counted with its weights or apart.

    Told by the shapes of its weights: each layer needs a matrix of its widths, in either orientation.
    """
    shapes = [parameter.shape for parameter in diagnosis.subject.parameters if len(parameter.shape) == 2]
    for n_in, n_out in itertools.pairwise(sizes):
        fitting = [shape for shape in shapes for a, b in (shape, shape[::-1]) if b == n_out and a in (n_in, n_in + 1)]
        if not fitting:
            return False
        shapes.remove(fitting[0])
    return bool(diagnosis.gradient)


def _instead(diagnosis: Diagnosis) -> str:
    if diagnosis.message:
        return diagnosis.message
    return f"it was run as {diagnosis.subject.usage}, with parameters of the shapes " + ", ".join(
        f"{parameter.name} {list(parameter.shape)}" for parameter in diagnosis.subject.parameters)


def _require_right(diagnosis: Diagnosis, sizes: tuple[int, ...], probe: Probe) -> None:
    __tracebackhide__ = True
    wrong = [row for row in diagnosis.gradient if row.agrees is False]
    findings = _judged(diagnosis)
    if wrong or findings:
        table = gradient_table(diagnosis)
        heading = f"the network {list(sizes)} is wrong (seed {diagnosis.seed})"
        told, introduction = _told(findings, probe, sizes)
        parts = [heading, drawn(table.headers, table.rows), *introduction, *_blocks(diagnosis, told)]
        raise WrongNetwork("\n\n".join(parts))


def _told(findings: list[Finding], probe: Probe, sizes: tuple[int, ...]) -> tuple[list[Finding], list[str]]:
    """The findings to show and their introduction.

    In the smallest network many quantities have one shape, and often one value: where the larger one blames the same
    lines, its words are the better ones.
    """
    larger = _judged(probe[1])
    lines = _lines(findings)
    if sizes != probe[0] and lines and lines <= _lines(larger):
        return larger, [f"the same lines in the network {list(probe[0])}, where more can be told apart:"]
    return findings, []


def _lines(findings: list[Finding]) -> set[int]:
    return {place.line for finding in findings for place in finding.places}


def _judged(diagnosis: Diagnosis) -> list[Finding]:
    """What counts against a network: wrong computations, and factors of its gradient that go with nothing else."""
    odd = odd_constants(diagnosis)
    return [finding for finding in diagnosis.findings if _counts(finding) or finding in odd]


def _counts(finding: Finding) -> bool:
    judged = finding.code.startswith(_GROUPS) and finding.code != _OF_TRAINING
    return judged and finding.role != "harmless"
