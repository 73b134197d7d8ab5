"""One self-contained HTML file: nothing is loaded from anywhere, everything from the module is escaped.

Needs the extra ``html``: jinja2, whose templates escape, and matplotlib for the plots.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from annprobe.findings import Diagnosis
from annprobe.report import words
from annprobe.report.explain import title
from annprobe.report.listing import LEGEND, listed_lines
from annprobe.report.rows import groups, row
from annprobe.report.snippet import snippet
from annprobe.report.summary import verdict_counts
from annprobe.report.tables import checks_table, experiments_table, gradient_table, symptoms_table

if TYPE_CHECKING:
    from jinja2 import Environment

MOST_WITH_PLOTS = 40


def report(diagnosis: Diagnosis) -> str:
    """A page about one module."""
    page: str = _environment().get_template("page.html.j2").render(
        heading=words.printable(words.shown_path(diagnosis.subject.path)), summary=None,
        reports=[_context(diagnosis, plots=True)], legend=LEGEND)
    return page


def fragment(diagnosis: Diagnosis) -> str:
    """The same as a part of another page, for a notebook."""
    page: str = _environment().get_template("fragment.html.j2").render(
        report=_context(diagnosis, plots=True), legend=LEGEND)
    return page


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """A page with a row a module, the shared mistakes, and each report folded away; plots only up to 40 modules."""
    with_plots = len(diagnoses) <= MOST_WITH_PLOTS
    overview = {
        "rows": [row(diagnosis) for diagnosis in diagnoses],
        "groups": [group for group in groups(diagnoses) if len(group.modules) > 1],
    }
    page: str = _environment().get_template("page.html.j2").render(
        heading=verdict_counts(diagnoses), summary=overview, legend=LEGEND,
        reports=[_context(diagnosis, plots=with_plots) for diagnosis in diagnoses])
    return page


def _context(diagnosis: Diagnosis, *, plots: bool) -> dict[str, Any]:
    """What the template shows of one diagnosis."""
    made = [gradient_table(diagnosis), checks_table(diagnosis, most=1000), experiments_table(diagnosis),
            symptoms_table(diagnosis)]
    return {
        "diagnosis": diagnosis,
        "path": words.shown_path(diagnosis.subject.path),
        "headline": words.headline(diagnosis),
        "facts": words.subject_words(diagnosis.subject),
        "counts": words.counts(diagnosis),
        "backward": words.gradient_words(diagnosis),
        "snippets": [[(place, snippet(diagnosis, place)) for place in f.places] for f in diagnosis.findings],
        "tables": [table for table in made if table.rows],
        "plots": _plots(diagnosis) if plots else [],
        "listing": listed_lines(diagnosis),
        "counterexample": words.counterexample_words(diagnosis.counterexample) if diagnosis.counterexample else None,
    }


def _plots(diagnosis: Diagnosis) -> Any:
    from annprobe.report.plots import plots

    return plots(diagnosis)


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(loader=PackageLoader("annprobe.report"), autoescape=True, undefined=StrictUndefined,
                              trim_blocks=True, lstrip_blocks=True, finalize=_clean)
    environment.globals.update(
        role_words=words.ROLE_WORDS, trust_words=words.TRUST_WORDS, grade_words=words.GRADE_WORDS, title=title,
        evidence_words=words.evidence_words, place_label=words.place_label)
    return environment


def _clean(value: Any) -> Any:
    """Strings from the module without control characters; markup that we made stays what it is."""
    return words.printable(value) if type(value) is str else value
