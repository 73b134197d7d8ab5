"""``annprobe.diagnose(...)`` for notebooks and tests: takes what is at hand, shows itself as HTML."""

from __future__ import annotations

import dataclasses
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from annprobe.config import DIAGNOSIS_SETTINGS, diagnosis_options
from annprobe.errors import BadArgument
from annprobe.findings import Diagnosis, Place

if TYPE_CHECKING:
    from annprobe.sources import Excerpt


class ShownDiagnosis(Diagnosis):
    """A :class:`~annprobe.findings.Diagnosis` that a notebook shows as a report."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        """The report; None, so that the notebook shows the Markdown, where the extra ``html`` is not installed."""
        from annprobe.report import require_html

        try:
            require_html()
        except BadArgument:
            return None
        from annprobe.report.html import fragment

        return fragment(self)

    def _repr_markdown_(self) -> str:
        from annprobe.report.markdown import report

        return report(self)

    def __repr__(self) -> str:
        from annprobe.report.words import counts, shown_path

        return f"<Diagnosis of {shown_path(self.subject.path)}: {self.verdict}, {counts(self)}>"

    def __str__(self) -> str:
        from annprobe.report.text import report

        return report(self)


def diagnose(target: Any, *, progress: Callable[[str], None] | None = None, **options: Any) -> ShownDiagnosis:
    """Find out what is wrong with a network.

    target   a path to a module, an imported module, a class, an object of a class, or a function; classes that were
             written in a notebook or a test and have no file of their own are taken with what they use
    options  as for the command line: seed, effort, sizes, task, data, run, network, forward, gradient, cost, layout,
             seconds

    Raises ``BadArgument`` for an option that does not exist or makes no sense, and for a target without source.
    """
    unknown = [name for name in options if name not in DIAGNOSIS_SETTINGS]
    if unknown:
        raise BadArgument(f"unknown option {unknown[0]!r} (known: {', '.join(DIAGNOSIS_SETTINGS)})")
    if isinstance(target, (str, os.PathLike)):
        return _shown(_of_path(os.fspath(target), options, progress))
    if isinstance(target, ModuleType):
        return _shown(_of_path(_file_of(target), options, progress))
    return _shown(_of_object(target, options, progress))


def _of_path(path: str, options: dict[str, Any], progress: Callable[[str], None] | None) -> Diagnosis:
    from annprobe.batch import diagnose_one
    from annprobe.commands.targets import one_target

    return diagnose_one(one_target(path, None), diagnosis_options(options), progress)


def _of_object(target: Any, options: dict[str, Any], progress: Callable[[str], None] | None) -> Diagnosis:
    """Diagnose a class or function: in its file if it stands at the top of one, else in an excerpt of its own."""
    from annprobe.sources import excerpt

    made = excerpt(target if isinstance(target, type) or hasattr(target, "__code__") else type(target))
    given = {"network": made.name} | options
    if made.file is not None:
        return _of_path(made.file, given, progress)
    with tempfile.TemporaryDirectory(prefix="annprobe-") as folder:
        file = Path(folder, f"{made.name}.py")
        file.write_text(made.text, "utf-8")
        return _renamed(_of_path(str(file), given, progress), str(file), made)


def _renamed(diagnosis: Diagnosis, file: str, made: Excerpt) -> Diagnosis:
    """The diagnosis with the excerpt's name in the place of the temporary file's."""
    label = f"<{made.name}>"

    def placed(place: Place) -> Place:
        return dataclasses.replace(place, file=label) if place.file in ("", file) else place

    findings = tuple(dataclasses.replace(f, places=tuple(map(placed, f.places))) for f in diagnosis.findings)
    subject = dataclasses.replace(diagnosis.subject, path=label)
    return dataclasses.replace(diagnosis, subject=subject, findings=findings)


def _file_of(module: ModuleType) -> str:
    file: str | None = getattr(module, "__file__", None)
    if not file:
        raise BadArgument(f"the module {module.__name__} has no file to read")
    return file


def _shown(diagnosis: Diagnosis) -> ShownDiagnosis:
    return ShownDiagnosis(**{field.name: getattr(diagnosis, field.name) for field in dataclasses.fields(Diagnosis)})
