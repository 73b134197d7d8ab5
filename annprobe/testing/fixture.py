"""The object behind the fixture ``annprobe``."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from annprobe.config import DIAGNOSIS_SETTINGS
from annprobe.errors import AnnprobeError
from annprobe.findings import Diagnosis, SubjectFacts
from annprobe.notebook import diagnose
from annprobe.report.as_json import plain
from annprobe.report.tables import drawn, gradient_table
from annprobe.report.text import finding_text
from annprobe.report.words import exit_code, headline, odd_constants
from annprobe.testing.records import RECORDED
from annprobe.testing.sharing import given_options

if TYPE_CHECKING:
    from annprobe.gradcheck import GradientCheck


class Annprobe:
    """Diagnoses and checks within one test; everything diagnosed is reported at the end of the run.

    Options come from pyproject.toml, then the command line, then the marker ``annprobe``, then the call.
    """

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._node = request.node
        self._options = given_options(request.config) | _marked(request.node)

    def diagnose(self, target: Any, **options: Any) -> Diagnosis:
        """The diagnosis of a path, a module, a class or an object; judging it is the test's own affair."""
        try:
            diagnosis = diagnose(target, **(self._options | options))
        except AnnprobeError as error:
            pytest.fail(str(error), pytrace=False)
        self._node.stash.setdefault(RECORDED, []).append(plain(diagnosis))
        return diagnosis

    def subject(self, target: Any, **options: Any) -> SubjectFacts:
        """What annprobe takes a target to be: its architecture, cost, parameters, and how it was run."""
        return self.diagnose(target, **{"effort": "quick", **options}).subject

    def check(self, target: Any, **options: Any) -> Diagnosis:
        """Fail, with the findings as the message, unless nothing is wrong that keeps the network from training."""
        diagnosis = self.diagnose(target, **options)
        if exit_code(diagnosis) != 0:
            blocks = [finding_text(diagnosis, f, i).plain for i, f in enumerate(diagnosis.findings, 1)]
            pytest.fail("\n\n".join([headline(diagnosis), *blocks]), pytrace=False)
        return diagnosis

    def check_gradients(self, target: Any, parameters: Any = None, gradient: Any = None,
                        **options: Any) -> GradientCheck | Diagnosis:
        """Fail unless a gradient agrees with an independent derivative, up to one constant for all parameters.

        target  a cost function, with ``parameters`` and ``gradient`` as ``annprobe.gradcheck.check_gradients`` takes
                them; or a path, module, class or object, whose own gradient is meant
        """
        if gradient is not None:
            return _checked_functions(target, parameters, gradient, options)
        diagnosis = self.diagnose(target, **{"effort": "quick", **options})
        agree = [row.agrees for row in diagnosis.gradient]
        if not agree or all(item is None for item in agree):
            pytest.fail(f"there was no gradient to compare: {headline(diagnosis)}", pytrace=False)
        odd = odd_constants(diagnosis)
        if False in agree or odd:
            table = gradient_table(diagnosis)
            findings = [f for f in diagnosis.findings if f.code[2] in "239" or f in odd]
            blocks = [finding_text(diagnosis, f, i).plain for i, f in enumerate(findings, 1)]
            heading = headline(diagnosis) if findings else "the gradient differs from an independent derivative"
            pytest.fail("\n\n".join([heading, drawn(table.headers, table.rows), *blocks]), pytrace=False)
        return diagnosis


def _checked_functions(cost: Callable[..., Any], parameters: Any, gradient: Any,
                       options: dict[str, Any]) -> GradientCheck:
    from annprobe.gradcheck import WrongGradient, assert_gradients

    try:
        return assert_gradients(cost, parameters, gradient, **options)
    except (WrongGradient, AnnprobeError) as error:
        pytest.fail(str(error), pytrace=False)


def _marked(node: pytest.Item) -> dict[str, Any]:
    """The options of the marker, the closest one first. Fails for a name that is none."""
    options: dict[str, Any] = {}
    for marker in node.iter_markers("annprobe"):
        unknown = [*map(repr, marker.args), *(name for name in marker.kwargs if name not in DIAGNOSIS_SETTINGS)]
        if unknown:
            pytest.fail(f"the marker annprobe does not take {', '.join(unknown)}; it takes "
                        f"{', '.join(name + '=...' for name in DIAGNOSIS_SETTINGS)}", pytrace=False)
        options = dict(marker.kwargs) | options
    return options

