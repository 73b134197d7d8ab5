"""From nodes to the user's text: the span that computed a node, its statement, and the name that it got."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import CodeType

from annprobe.tape.nodes import Tape

_SMALL = 3  # statements of a function that is no more than a formula


@dataclass(frozen=True)
class Span:
    """A stretch of source: lines from 1, columns in UTF-8 bytes from 0 (as ``ast`` counts), end exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@lru_cache(maxsize=4096)
def _positions(code: CodeType) -> tuple[tuple[int | None, int | None, int | None, int | None], ...]:
    return tuple(code.co_positions())


def span_at(code: CodeType, offset: int) -> Span | None:
    """The span of the instruction that was running, or None where the compiler kept none."""
    if offset < 0:
        return None
    line, end_line, column, end_column = _positions(code)[offset // 2]
    if line is None:
        return None
    return Span(code.co_filename, line, column or 0, end_line or line, end_column or 0)


class Source:
    """The syntax tree of one file, asked by position."""

    def __init__(self, text: str, tree: ast.Module | None = None) -> None:
        self.text = text
        self.lines = text.splitlines()
        self._bytes = [line.encode() for line in re.split("\r\n|\r|\n", text)]  # columns of the tree count bytes
        self.tree = tree if tree is not None else ast.parse(text)
        self._statements: dict[int, list[ast.stmt]] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.stmt):
                for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                    self._statements.setdefault(line, []).append(node)
        self._expressions: dict[tuple[int, int, int, int], ast.expr] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.expr):
                key = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
                self._expressions.setdefault(key, node)

    def statement(self, span: Span) -> ast.stmt | None:
        """The innermost statement around a span."""
        around = [s for s in self._statements.get(span.line, ()) if _contains(s, span)]
        return max(around, key=lambda s: (s.lineno, s.col_offset)) if around else None  # also of two on one line

    def hands_out(self, line: int, name: str) -> bool:
        """Whether the small function around a line ends with ``return name``: its caller has the word for the value."""
        around = [f for f in self._functions if f.lineno <= line <= (f.end_lineno or f.lineno)]
        body = max(around, key=lambda f: f.lineno).body if around else []
        last = body[-1] if 0 < len(body) <= _SMALL else None
        return isinstance(last, ast.Return) and isinstance(last.value, ast.Name) and last.value.id == name

    @cached_property
    def _functions(self) -> list[ast.FunctionDef]:
        return [n for n in ast.walk(self.tree) if isinstance(n, ast.FunctionDef)]

    def expression(self, span: Span) -> ast.expr | None:
        """The expression with exactly this span."""
        return self._expressions.get((span.line, span.column, span.end_line, span.end_column))

    def segment(self, node: ast.AST) -> str:
        """The text of a tree node, on one line; "" where it is from elsewhere."""
        first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", None)
        if not first or not last or last > len(self._bytes):
            return ""
        start, end = getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)
        whole = self._bytes[first - 1 : last]
        whole[-1] = whole[-1][:end]
        whole[0] = whole[0][start:]
        return " ".join(b" ".join(whole).decode("utf-8", "replace").split())


def _contains(statement: ast.stmt, span: Span) -> bool:
    start = (statement.lineno, statement.col_offset)
    end = (statement.end_lineno or statement.lineno, statement.end_col_offset or 0)
    return start <= (span.line, span.column) and (span.end_line, span.end_column) <= end


class Places:
    """Answers about the nodes of one tape. ``sources`` maps file names to what was run."""

    def __init__(self, tape: Tape, sources: Mapping[str, Source]) -> None:
        self.tape = tape
        self.sources = dict(sources)
        self._spans: dict[tuple[int, int], Span | None] = {}  # by site and level
        self._statements: dict[tuple[int, int], ast.stmt | None] = {}

    def span(self, node: int, level: int = 0) -> Span | None:
        """The span that computed the node; ``level`` 1 is where that function was called from, and so on."""
        key = self.tape[node].site, level
        if key not in self._spans:
            stack = self.tape.sites[key[0]]
            self._spans[key] = span_at(*stack[level]) if level < len(stack) else None
        return self._spans[key]

    def line(self, node: int) -> int | None:
        """The line that computed the node."""
        span = self.span(node)
        return span.line if span else None

    def source(self, span: Span) -> Source | None:
        """The file that a span lies in."""
        return self.sources.get(span.file)

    def statement(self, node: int, level: int = 0) -> ast.stmt | None:
        """The statement that computed the node."""
        key = self.tape[node].site, level
        if key not in self._statements:
            span = self.span(node, level)
            source = self.source(span) if span else None
            self._statements[key] = source.statement(span) if source and span else None
        return self._statements[key]

    def text(self, node: int, level: int = 0) -> str:
        """The user's expression for the node, '' where unknown."""
        span = self.span(node, level)
        source = self.source(span) if span else None
        if source is None or span is None:
            return ""
        tree = source.expression(span) or source.statement(span)
        if isinstance(tree, (ast.For, ast.AsyncFor)):
            return self._taken(node, tree, source)
        return source.segment(tree) if tree is not None else ""

    def _taken(self, node: int, loop: ast.For | ast.AsyncFor, source: Source) -> str:
        """The loop variable that a value was taken out of an array for."""
        if not isinstance(loop.target, ast.Tuple):
            return source.segment(loop.target)
        arrays = [source.segment(a) for a in loop.iter.args] if isinstance(loop.iter, ast.Call) else []
        parents = {self.name(i) or self.text(i) for i in self.tape[node].inputs[:1]}
        return next((source.segment(t) for t, a in zip(loop.target.elts, arrays, strict=False) if a in parents), "")

    def name(self, node: int) -> str:
        """The name that the statement gives to the node's value, '' where it gives none."""
        inner = ""
        for level in range(3):
            statement = self.statement(node, level)
            span = self.span(node, level)
            source = self.source(span) if span else None
            if statement is None or source is None or span is None:
                break
            if isinstance(statement, ast.If) and source.expression(span) is statement.test:
                statement = statement.body[0]  # what was chosen there
            target = _target(statement, span)
            if target is not None:
                inner = source.segment(target)
                if not (isinstance(target, ast.Name) and source.hands_out(statement.lineno, target.id)):
                    return inner
            elif not isinstance(statement, ast.Return):
                break
        return inner


def _target(statement: ast.stmt, span: Span) -> ast.expr | None:
    """What a statement gives its value, or that part of it, to."""
    if isinstance(statement, (ast.AugAssign, ast.AnnAssign)):
        return statement.target
    if not isinstance(statement, ast.Assign):
        return None
    target = statement.targets[0]
    if isinstance(target, (ast.Tuple, ast.List)) and isinstance(statement.value, (ast.Tuple, ast.List)):
        for left, right in zip(target.elts, statement.value.elts, strict=False):
            if (right.lineno, right.col_offset) <= (span.line, span.column) and (span.end_line, span.end_column) <= (
                right.end_lineno or 0,
                right.end_col_offset or 0,
            ):
                return left
        return None
    return target
