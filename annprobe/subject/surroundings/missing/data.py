"""Data in the place of data that are not there: how many rows, columns and classes, and what they look like."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePath
from typing import Any, Literal

import numpy as np

_LABEL = re.compile(
    r"(?i)^(y|t|d)(_?(train|test|val|data|raw|tr|te|hat|label.*|\d))?$|label|target|class|digit|answer"
    r"|^(train|test|val|valid|dev)(_?set)?_?[yt](_|$)"
)

_INPUTS, _OUTPUTS = r"in(put)?_|inputs?$|feature|n_x|inodes|dim", r"out(put)?_|outputs?$|class|label|n_y|onodes"
_LARGEST_BATCH = 5_000
LabelsAs = Literal["classes", "column", "onehot"]


@dataclass(frozen=True, slots=True)
class DataGuess:
    """Rows of ``columns`` features, and one of ``classes`` labels each; ``rows`` differs from usual widths.

    test_rows   of a second set
    labels_as   "classes": (rows,) whole numbers; "column": (rows, 1); "onehot": (rows, classes)
    transposed  one example a column
    strict      labels refuse to be combined with an array of another shape, so that a wrong guess is seen
    absent      whether data take the place of names that are nowhere defined
    names       what a text file says for the classes, where the source translates names into their numbers
    label_files names of files that become variables called like labels: ``y = np.load("part2.npy")``
    """

    columns: int = 4
    classes: int = 3
    rows: int = 58
    test_rows: int = 23
    delimiter: str = ","
    label_first: bool = False
    text: bool = False  # the file is read as text, not as numbers
    whole: bool = False  # features without decimals
    labels_as: LabelsAs = "classes"
    transposed: bool = False
    strict: bool = False
    absent: bool = True
    names: tuple[str, ...] = ()
    label_files: frozenset[str] = frozenset()

    def features(self, rows: int | None = None, *, bright: bool = False) -> Any:
        """Array (rows, columns): class-dependent, in [0, 1]; ``bright``: whole numbers in 0..255."""
        values = _features(self.columns, self.classes, rows or self.rows, bright)
        return np.round(values * 10) if self.whole and not bright else values.copy()

    def numbers(self, rows: int | None = None) -> Any:
        """Array (rows,) of whole numbers 0 .. classes - 1."""
        return _numbers(self.classes, rows or self.rows)

    def labels(self, rows: int | None = None) -> Any:
        """The classes as ``labels_as`` says."""
        numbers = self.numbers(rows)
        if self.labels_as == "classes":
            return numbers
        return np.eye(self.classes)[numbers] if self.labels_as == "onehot" else numbers[:, None]

    def named(self, name: str, rows: int | None = None) -> Any:
        """The labels if the name says so, else the features; one example a row or a column."""
        labels = speaks_of_labels(name) or name in self.label_files
        value = self.labels(rows) if labels else self.features(rows)
        value = np.ascontiguousarray(value.T) if self.transposed else value
        return value.view(Strict) if labels and self.strict else value

    def table(self, *, bright: bool = False) -> Any:
        """Features and labels side by side, as in most files; whole numbers where the features are ``bright``."""
        kind = int if bright else float
        parts = [self.features(bright=bright).astype(kind), self.numbers()[:, None].astype(kind)]
        return np.hstack(parts[::-1] if self.label_first else parts)

    def sizes(self) -> frozenset[int]:
        """Lengths that arrays and lists of these data have."""
        return frozenset({self.rows, self.test_rows, self.columns, self.columns + 1, self.classes})

    def lines(self) -> str:
        """The table as text, one example a line."""
        bright = self.columns >= 64
        rows = [[f"{v:g}" for v in row] for row in self.table(bright=bright)]
        for row, number in zip(rows if self.names else (), self.numbers(), strict=False):
            row[0 if self.label_first else -1] = self.names[number % len(self.names)]
        return "".join(self.delimiter.join(row) + "\n" for row in rows)


@lru_cache(maxsize=4)  # a module is run several times, and pictures are many numbers
def _features(columns: int, classes: int, rows: int, bright: bool) -> Any:
    rng = np.random.RandomState(12345)
    centres = rng.uniform(0.1, 0.9, (classes, columns))
    values = np.clip(centres[_numbers(classes, rows)] + rng.normal(0, 0.12, (rows, columns)), 0, 1)
    return np.round(values * 255).astype(np.uint8) if bright else np.round(values, 4)


def _numbers(classes: int, rows: int) -> Any:
    return np.random.RandomState(54321).permutation(np.arange(rows) % classes)


class Strict(np.ndarray):
    """An array that goes together with numbers and with arrays of its own shape only."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        """The plain result; ``ValueError`` where numpy would spread one operand over the other."""
        shapes = [np.shape(i) for i in inputs]
        if method == "__call__" and ufunc is not np.matmul and len({s for s in shapes if s not in ((), (1,))}) > 1:
            raise ValueError(f"labels could not be broadcast together with shapes {' '.join(map(str, shapes))}")
        return getattr(ufunc, method)(*(np.asarray(i) if isinstance(i, Strict) else i for i in inputs), **kwargs)


def speaks_of_labels(name: str) -> bool:
    """Whether a name is one that labels have."""
    return _LABEL.search(name) is not None


def first_guess(tree: ast.Module) -> DataGuess:
    """What the numbers in the source say about the data that it expects."""
    numbers = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) is int}
    words = {n.value.lower() for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    text = " ".join(w for w in words if len(w) < 200)
    bounds = [b.value for n in ast.walk(tree) if isinstance(n, ast.Slice) for b in (n.lower, n.upper)
              if isinstance(b, ast.Constant) and type(b.value) is int and 0 < b.value <= 10_000]  # fmt: skip
    images = bool(numbers & {784, 785, 28}) or "mnist" in text
    batches = [n for n in _named_numbers(tree, "batch") if n <= _LARGEST_BATCH]
    guess = DataGuess(
        rows=58 + max((n for n in [*bounds, *(2 * n for n in batches)] if n >= 20), default=0),
        delimiter=_delimiter(tree),
        text=_reads_characters(tree),
        label_files=frozenset(_label_files(tree)),
    )
    if images:
        return replace(guess, columns=784, classes=10, label_first=True)
    if "cifar" in text or 3072 in numbers:
        return replace(guess, columns=3072, classes=10)
    names = _class_names(tree)
    widths = [w for w in _widths(tree, _INPUTS, 0) if 1 < w <= 10_000]
    classes = [w for w in _widths(tree, _OUTPUTS, -1) if 1 < w <= 1000]
    classes = [len(names)] if names else classes
    return replace(guess, columns=widths[0] if widths else 4, classes=classes[0] if classes else 3, names=names)


def _label_files(tree: ast.Module) -> Iterator[str]:
    """Files whose contents become one variable, by the name of which they are labels; without their endings."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            files = [_text(a) for c in ast.walk(node.value) if isinstance(c, ast.Call) for a in c.args[:1]]
            if speaks_of_labels(node.targets[0].id):
                yield from (PurePath(file).stem for file in files if "." in file)


def _class_names(tree: ast.Module) -> tuple[str, ...]:
    """The names that a dictionary of the source numbers from 0 on: ``{"setosa": 0, "versicolor": 1}``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict) and len(node.keys) > 1:
            pairs = [(_text(k), v.value) for k, v in zip(node.keys, node.values, strict=True)
                     if k is not None and isinstance(v, ast.Constant) and type(v.value) is int]  # fmt: skip
            if sorted(number for _, number in pairs) == list(range(len(node.keys))) and all(name for name, _ in pairs):
                return tuple(name for name, _ in sorted(pairs, key=lambda pair: pair[1]))
    return ()


def _delimiter(tree: ast.Module) -> str:
    """What the source splits lines at."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute) and node.func.attr == "split":
                return _text(node.args[0]) if node.args and _text(node.args[0]) else " "
            for keyword in node.keywords:
                if keyword.arg in ("delimiter", "sep") and _text(keyword.value):
                    return _text(keyword.value)
    calls = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return " " if "loadtxt" in calls or "genfromtxt" in calls else ","


def _reads_characters(tree: ast.Module) -> bool:
    """Whether the text of a file becomes a set of characters or words."""
    names = {n.id.lower() for n in ast.walk(tree) if isinstance(n, ast.Name)}
    return any("char" in n or "vocab" in n or "token" in n for n in names)


def _text(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _widths(tree: ast.Module, names: str, end: int) -> Iterator[int]:
    """Whole numbers that are given to such names, then that end of lists of layer sizes."""
    for node in ast.walk(tree):
        value = node.value if isinstance(node, ast.Assign) else None
        number = value.value if isinstance(value, ast.Constant) and type(value.value) is int else None
        if number is not None and re.search(names, ast.unparse(node).partition("=")[0].lower()):
            yield number
    for sizes in _size_lists(tree):
        yield sizes[end]


def _named_numbers(tree: ast.Module, word: str) -> Iterator[int]:
    """Whole numbers that something with this word in its name is given: a variable, a default, an argument."""
    for node in ast.walk(tree):
        pairs: list[tuple[str, ast.expr | None]] = []
        if isinstance(node, ast.Assign):
            pairs = [(ast.unparse(target), node.value) for target in node.targets]
        elif isinstance(node, ast.keyword):
            pairs = [(node.arg or "", node.value)]
        elif isinstance(node, ast.arguments):
            named = [*node.posonlyargs, *node.args][len(node.posonlyargs) + len(node.args) - len(node.defaults) :]
            pairs = [(a.arg, default) for a, default in zip(named, node.defaults, strict=True)]
        yield from (v.value for name, v in pairs
                    if word in name.lower() and isinstance(v, ast.Constant) and type(v.value) is int)  # fmt: skip


def _size_lists(tree: ast.Module) -> Iterator[list[int]]:
    """Lists of whole numbers that stand as an argument: ``Network([784, 30, 10])``."""
    for node in ast.walk(tree):
        for argument in node.args if isinstance(node, ast.Call) else ():
            if isinstance(argument, (ast.List, ast.Tuple)) and 2 <= len(argument.elts) <= 8:
                values = [e.value for e in argument.elts if isinstance(e, ast.Constant) and type(e.value) is int]
                if len(values) == len(argument.elts) and min(values) > 0:
                    yield values
