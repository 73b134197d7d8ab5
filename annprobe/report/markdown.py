"""Markdown, for a pull request's comment, a step summary or a notebook."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from annprobe.findings import Diagnosis, Finding, Place
from annprobe.report import words
from annprobe.report.rows import groups
from annprobe.report.snippet import snippet
from annprobe.report.sparkline import curve_lines
from annprobe.report.summary import HEADERS, cells, group_cells, verdict_counts
from annprobe.report.tables import Table, drawn, tables

_MARKUP = str.maketrans({char: "\\" + char for char in "\\`*_[]<>|#"})


def escaped(text: str) -> str:
    """``text`` as one line in which nothing is Markdown or HTML."""
    return " ".join(words.printable(text).split()).translate(_MARKUP)


def report(diagnosis: Diagnosis) -> str:
    """The whole report of one module."""
    return "\n\n".join(_blocks(diagnosis))


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """A table with a row a module, the shared mistakes, then each report folded away."""
    blocks = [f"# {verdict_counts(diagnoses)}", _table(HEADERS, cells(diagnoses))]
    shared = [group for group in groups(diagnoses) if len(group.modules) > 1]
    if shared:
        blocks += ["## The same mistake in several modules",
                   _table(("modules", "code", "family", "what", "where"), group_cells(shared))]
    for diagnosis in diagnoses:
        name = escaped(words.shown_path(diagnosis.subject.path))
        blocks.append(f"<details><summary>{name}: {diagnosis.verdict}</summary>\n\n{report(diagnosis)}\n\n</details>")
    return "\n\n".join(blocks)


def _blocks(diagnosis: Diagnosis) -> Iterator[str]:
    subject = diagnosis.subject
    yield f"**{escaped(words.headline(diagnosis))}**"
    facts = words.subject_words(subject)
    yield f"## {escaped(words.shown_path(subject.path))}" + (f"\n\n{escaped(facts)}" if facts else "")
    backward = words.gradient_words(diagnosis)
    told = [f"backward pass: {backward}"] * bool(backward)
    told += [f"run as: {subject.usage}"] * bool(subject.usage) + list(subject.notes)
    if told:
        yield "\n".join(f"- {escaped(line)}" for line in told)
    for i, finding in enumerate(diagnosis.findings, 1):
        yield from _finding(diagnosis, finding, i)
    for table in tables(diagnosis):
        yield f"### {table.title}"
        yield _drawn(table)
    if diagnosis.counterexample is not None:
        heading, entry = words.counterexample_words(diagnosis.counterexample)
        yield f"### {escaped(heading)}"
        yield escaped(entry)
        yield _fenced("\n".join(diagnosis.counterexample.hand), "text")
        if diagnosis.counterexample.script:
            yield _fenced(diagnosis.counterexample.script, "python")
    if curves := curve_lines(diagnosis.curves):
        yield _fenced("\n".join(curves), "text")
    if diagnosis.adapter and diagnosis.verdict in ("undetermined", "unusable"):
        yield "To tell annprobe what it could not find out, complete these lines:"
        yield _fenced(diagnosis.adapter.rstrip(), "python")
    yield f"*{diagnosis.verdict}: {words.counts(diagnosis)} · seed {diagnosis.seed} · {diagnosis.seconds:.1f} s*"


def _finding(diagnosis: Diagnosis, finding: Finding, index: int) -> Iterator[str]:
    yield f"### {index}. {finding.code} {finding.family}: {escaped(finding.message)}"
    for place in finding.places:
        yield f"`{words.printable(words.place_label(place))}`".replace("\n", " ")
        yield _fenced(_source(diagnosis, place), "text")
    yield "\n".join(f"- **{label}** {value}" for label, value in _fields(finding))
    if finding.patch is not None:
        yield f"Repair ({words.GRADE_WORDS[finding.patch.grade]}):"
        yield _fenced(finding.patch.diff.rstrip(), "diff")


def _fields(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.computes:
        yield "computes", _code(finding.computes)
    if finding.should_compute:
        yield "should compute", _code(finding.should_compute)
    if finding.evidence:
        yield "evidence", escaped(words.evidence_words(finding.evidence))
    for note in finding.notes:
        yield "note", escaped(note)
    yield "role", escaped(words.ROLE_WORDS[finding.role])
    yield "trust", escaped(words.TRUST_WORDS[finding.trust])
    if finding.help:
        yield "help", escaped(finding.help)


def _source(diagnosis: Diagnosis, place: Place) -> str:
    lines = []
    for line in snippet(diagnosis, place):
        lines.append(f"{line.number:>5} |  {line.source}")
        if line.carets:
            lines.append(f"{'':>5} |  {line.carets}")
    return "\n".join(lines)


def _code(text: str) -> str:
    """A code span that its own content cannot end."""
    clean = " ".join(words.printable(text).split())
    ticks = "`" * (1 + max(map(len, re.findall("`+", clean)), default=0))
    pad = " " if "`" in clean else ""
    return f"{ticks}{pad}{clean}{pad}{ticks}"


def _fenced(text: str, language: str) -> str:
    """A code block whose fence is longer than any in ``text``; '' for no text."""
    if not text:
        return ""
    fence = "```"
    while fence in text:
        fence += "`"
    return f"{fence}{language}\n{words.printable(text)}\n{fence}"


def _drawn(table: Table) -> str:
    return _table(table.headers, table.rows) + (f"\n\n{table.note}" if table.note else "")


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """tabulate's GitHub table; it leaves ``|`` and line ends in cells alone, so they are escaped before."""
    return drawn([escaped(header) for header in headers], [[escaped(cell) for cell in row] for row in rows],
                 form="github")
