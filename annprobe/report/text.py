"""The report for a terminal: findings with the user's own lines, then tables, then the verdict."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

from rich.text import Text

from annprobe.findings import Diagnosis, Finding, Place
from annprobe.report import words
from annprobe.report.snippet import snippet
from annprobe.report.sparkline import curve_lines
from annprobe.report.summary import styled_summary
from annprobe.report.tables import Table, drawn, tables

WIDTH = 100
_LABEL = 16
_ROLE_STYLE = {"cause": "bold red", "contributing": "bold yellow", "untested": "bold magenta", "harmless": "bold cyan"}


def report(diagnosis: Diagnosis, *, width: int = WIDTH) -> str:
    """The whole report as plain text."""
    return styled_report(diagnosis, width=width).plain


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """Several modules: the table, as plain text."""
    return styled_summary(diagnoses, width=WIDTH).plain


def styled_report(diagnosis: Diagnosis, *, width: int = WIDTH) -> Text:
    """The whole report, for a console that may colour it; colour is never the only signal."""
    blocks = [_opening(diagnosis, width)]
    blocks += [finding_text(diagnosis, finding, i, width=width) for i, finding in enumerate(diagnosis.findings, 1)]
    blocks += [_table_text(table, width) for table in tables(diagnosis)]
    blocks += [_counterexample(diagnosis), _curves(diagnosis), _ignored(diagnosis), _adapter(diagnosis)]
    blocks.append(_closing(diagnosis))
    return Text("\n\n").join(block for block in blocks if block.plain)


def _opening(diagnosis: Diagnosis, width: int) -> Text:
    subject = diagnosis.subject
    style = "bold green" if diagnosis.verdict == "clean" and not diagnosis.findings else "bold"
    text = Text(_fold(words.headline(diagnosis), width, ""), style=style)
    name = words.printable(words.shown_path(subject.path))
    text.append(f"\n\n{name}", style="bold")
    if facts := words.subject_words(subject):
        text.append(" · " + _fold(facts, width, "  ", first=len(name) + 3), style="default not bold")
    told = [("backward pass", words.gradient_words(diagnosis)), ("run as", subject.usage)]
    for label, value in [*told, *(("note", note) for note in subject.notes)]:
        if value:
            text.append("\n" + _labelled(label, value, width, margin="  "), style="dim not bold")
    return text


def finding_text(diagnosis: Diagnosis, finding: Finding, index: int, *, width: int = WIDTH) -> Text:
    """One finding: code, family and clause; then each place with carets; then what is known about it."""
    head = f"{index:>3}  {finding.code} {finding.family}  "
    text = Text(f"{index:>3}  ")
    text.append(finding.code, style=_ROLE_STYLE[finding.role])
    text.append(f" {finding.family}  ")
    clause = _fold(finding.message, width, " " * 5, first=len(head))
    text.append(clause, style="bold")
    for place in finding.places:
        text.append("\n").append_text(_place(diagnosis, place, width))
    for label, value in _fields(finding):
        text.append("\n" + _labelled(label, value, width, margin="     = "), style="green" if label == "help" else "")
    if finding.patch is not None:
        text.append("\n").append_text(_patch(finding))
    return text


def _place(diagnosis: Diagnosis, place: Place, width: int) -> Text:
    text = Text("     --> ", style="blue")
    text.append(words.printable(words.place_label(place)), style="default")
    for line in snippet(diagnosis, place, width=width - 12):
        text.append(f"\n{line.number:>8} |  ", style="blue").append(line.source, style="default")
        if line.carets:
            text.append(f"\n{'':>8} |  ", style="blue").append(line.carets, style="bold red")
    return text


def _fields(finding: Finding) -> Iterator[tuple[str, str]]:
    if finding.computes:
        yield "computes", finding.computes
    if finding.should_compute:
        yield "should compute", finding.should_compute
    if finding.evidence:
        yield "evidence", words.evidence_words(finding.evidence)
    for note in finding.notes:
        yield "note", note
    yield "role", words.ROLE_WORDS[finding.role]
    yield "trust", words.TRUST_WORDS[finding.trust]
    if finding.help:
        yield "help", finding.help


def _patch(finding: Finding) -> Text:
    if finding.patch is None:
        return Text()
    text = Text(f"     = {'repair':<{_LABEL}}{words.GRADE_WORDS[finding.patch.grade]}")
    for line in words.printable(finding.patch.diff).rstrip("\n").splitlines():
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        text.append("\n       " + line, style=style)
    return text


def _table_text(table: Table, width: int) -> Text:
    text = Text(table.title, style="bold")
    text.append("\n" + textwrap.indent(drawn(table.headers, table.rows, widths=_widths(table, width)), "  "),
                style="default not bold")
    text.append(f"\n  {table.note}" if table.note else "", style="dim not bold")
    return text


def _widths(table: Table, width: int) -> list[int | None]:
    """Room for the last column, which alone may be wrapped: what the others leave, at least 24."""
    columns = list(zip(table.headers, *table.rows, strict=True))
    taken = sum(max(len(cell) for cell in column) + 2 for column in columns[:-1])
    return [None] * (len(columns) - 1) + [max(24, width - 2 - taken)]


def _counterexample(diagnosis: Diagnosis) -> Text:
    if diagnosis.counterexample is None:
        return Text()
    heading, entry = words.counterexample_words(diagnosis.counterexample)
    text = Text(heading, style="bold")
    text.append(f"\n  {words.printable(entry)}", style="default not bold")
    for line in diagnosis.counterexample.hand:
        text.append(f"\n    {words.printable(line)}", style="default not bold")
    if diagnosis.counterexample.script:
        script = textwrap.indent(words.printable(diagnosis.counterexample.script), "    ")
        text.append(f"\n  to see it, beside the module:\n{script}", style="default not bold")
    return text


def _curves(diagnosis: Diagnosis) -> Text:
    return Text("\n".join(curve_lines(diagnosis.curves)))


def _ignored(diagnosis: Diagnosis) -> Text:
    lines = [f"ignored at line {item.line}: {item.code} {item.message} ({item.reason or 'no reason given'})"
             for item in diagnosis.ignored]
    return Text(words.printable("\n".join(lines)), style="dim")


def _adapter(diagnosis: Diagnosis) -> Text:
    if not diagnosis.adapter or diagnosis.verdict in ("clean", "faulty"):
        return Text()
    intro = "What annprobe could not find out, these lines tell it once they are completed:"
    return Text(f"{intro}\n\n{textwrap.indent(words.printable(diagnosis.adapter.rstrip()), '    ')}")


def _closing(diagnosis: Diagnosis) -> Text:
    partial = "stopped early: what is above holds, more may be missing · " if diagnosis.partial else ""
    text = Text(f"{partial}{diagnosis.verdict}: {words.counts(diagnosis)} · seed {diagnosis.seed} · "
                f"effort {diagnosis.effort} · {diagnosis.seconds:.1f} s", style="bold")
    if words.only_harmless(diagnosis):
        text.append("\nnothing here keeps the network from training: exit code 0", style="default not bold")
    if diagnosis.verdict == "undetermined" and not diagnosis.partial:
        name = words.printable(words.shown_path(diagnosis.subject.path))
        text.append(f"\nto tell it how the module is used: annprobe adapt {name} > annprobe_adapter.py",
                    style="default not bold")
    if diagnosis.findings:
        codes = dict.fromkeys(finding.code for finding in diagnosis.findings)
        text.append(f"\nmore: annprobe explain {' '.join(codes)}", style="default not bold")
        text.append(f" · annprobe trace {words.printable(words.shown_path(diagnosis.subject.path))}",
                    style="default not bold")
    return text


def _labelled(label: str, value: str, width: int, *, margin: str) -> str:
    start = f"{margin}{label:<{_LABEL}}"
    return start + _fold(value, width, " " * len(start), first=len(start))


def _fold(value: str, width: int, indent: str, *, first: int = 0) -> str:
    """``value`` folded to ``width``; the first line starts behind ``first`` columns, the next ones at ``indent``."""
    return "\n".join(_folded(words.printable(value).splitlines() or [""], width, indent, first))


def _folded(lines: Iterable[str], width: int, indent: str, first: int) -> Iterator[str]:
    for i, line in enumerate(lines):
        lead = "·" * first if i == 0 else indent
        wrapped = textwrap.fill(line, width, initial_indent=lead, subsequent_indent=indent,
                                break_long_words=False, break_on_hyphens=False)
        yield wrapped[first:] if i == 0 else wrapped
