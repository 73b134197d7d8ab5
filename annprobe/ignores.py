"""``# annprobe: ignore[CODE] reason`` in a module: takes a finding of that line out of the report, and says so.

A comment that stands alone on its line speaks for the next line of code. One that ignores nothing is itself a finding.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace

from annprobe.findings import CODES, FAMILIES, Diagnosis, Finding, Ignored, Place

_COMMENT = re.compile(r"#\s*annprobe:\s*ignore\b(?:\[(?P<codes>[^\]]*)\])?\s*(?P<reason>.*)")
_UNUSED = "AP902"


@dataclass(frozen=True, slots=True)
class Comment:
    """One ignore comment: where it stands, the line of code it speaks for, and the codes it names."""

    line: int
    column: int
    text: str
    target: int
    codes: frozenset[str]
    reason: str


def apply_ignores(diagnosis: Diagnosis) -> Diagnosis:
    """``diagnosis`` without the findings that comments in its source ignore, which move to ``ignored``."""
    comments = list(ignore_comments(diagnosis.source))
    if not comments:
        return diagnosis
    kept: list[Finding] = []
    ignored: list[Ignored] = []
    used: set[int] = set()
    for finding in diagnosis.findings:
        comment = next((c for c in comments if _speaks_for(c, finding, diagnosis)), None)
        if comment is None:
            kept.append(finding)
        else:
            used.add(comment.line)
            ignored.append(Ignored(finding.code, finding.message, comment.line, comment.reason))
    unused = [_unused(c, diagnosis) for c in comments if c.line not in used] if _complete(diagnosis) else []
    return _with_verdict(replace(diagnosis, findings=(*kept, *unused), ignored=tuple(ignored)), bool(kept))


def _with_verdict(diagnosis: Diagnosis, faults_left: bool) -> Diagnosis:
    if faults_left or diagnosis.verdict != "faulty" or not diagnosis.ignored:
        return diagnosis
    return replace(diagnosis, verdict="clean", message="every finding is ignored by a comment in the module")


def _complete(diagnosis: Diagnosis) -> bool:
    return diagnosis.verdict in ("clean", "faulty") and not diagnosis.partial


def _speaks_for(comment: Comment, finding: Finding, diagnosis: Diagnosis) -> bool:
    return finding.code in comment.codes and any(
        place.line <= comment.target <= max(place.line, place.end_line)
        for place in finding.places if place.file in ("", diagnosis.subject.path))


def _unused(comment: Comment, diagnosis: Diagnosis) -> Finding:
    named, unknown = ", ".join(sorted(comment.codes)), ", ".join(sorted(comment.codes - CODES.keys()))
    message = f"this comment ignores {named}, which was not found on its line" if named else \
        "this comment names no code, so it ignores nothing"
    if unknown:
        message = f"this comment ignores {unknown}, which is no code"
    place = Place(diagnosis.subject.path, comment.line, comment.column, comment.line,
                  comment.column + len(comment.text), diagnosis.source.splitlines()[comment.line - 1])
    return Finding(_UNUSED, CODES[_UNUSED], message, places=(place,), role="harmless",
                   help="delete the comment, or name the code and move it to the line of the finding: "
                        "# annprobe: ignore[CODE] reason")


def ignore_comments(source: str) -> Iterator[Comment]:
    """The ignore comments of a module's text; of one that is not Python up to where reading stopped."""
    lines = source.splitlines()
    for token in _comments(source):
        found = _COMMENT.search(token.string)
        if found:
            line, column = token.start
            alone = not lines[line - 1][:column].strip()
            codes = frozenset(_code(part) for part in (found["codes"] or "").split(",") if part.strip())
            yield Comment(line, column + found.start(), found[0], _next_code(lines, line) if alone else line, codes,
                          found["reason"].strip(" -:"))


def _comments(source: str) -> Iterator[tokenize.TokenInfo]:
    try:
        yield from (t for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type == tokenize.COMMENT)
    except (tokenize.TokenError, SyntaxError):
        return


def _code(part: str) -> str:
    return FAMILIES.get(part.strip().lower(), part.strip().upper())


def _next_code(lines: list[str], line: int) -> int:
    """The first line behind ``line`` that holds code (counted from 1), or ``line`` where there is none."""
    following = range(line, len(lines))
    return next((i + 1 for i in following if lines[i].strip() and not lines[i].strip().startswith("#")), line)
