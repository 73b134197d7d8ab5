"""Examples that annprobe makes for a module that has none, in the forms in which modules take examples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np

Layout = Literal["rows", "columns", "examples", "column examples", "row examples", "pairs", "column pairs", "labelled"]
Labels = Literal["onehot", "classes", "flat", "class vector"]

N_EXAMPLES = 7  # differs from every width that annprobe chooses

Tag = Callable[[Any, str], Any]


@dataclass(frozen=True, slots=True)
class Form:
    """How examples are handed over.

    layout  "rows" X (N, n_in), Y (N, n_out); "columns" the transposes; "... examples": sequences of single examples
            (arrays (n,), (n, 1) or (1, n)) to be handed over one by one; "... pairs": one list of (x, y);
            "labelled": one list of lists, the class number last in each
    labels  "onehot"; "classes": whole numbers; "flat": one target a number, so Y (N,); "class vector": whole numbers,
            Y (N,) also where X has one example a column
    lists   Python lists of floats instead of arrays
    """

    layout: Layout = "rows"
    labels: Labels = "onehot"
    lists: bool = False

    @property
    def one_by_one(self) -> bool:
        """Whether a call takes a single example."""
        return self.layout.endswith("examples")

    @property
    def paired(self) -> bool:
        """Whether inputs and targets come in one list of pairs."""
        return self.layout.endswith("pairs") or self.layout == "labelled"

    def describe(self, widths: tuple[int, int], n: int = N_EXAMPLES) -> str:
        """In words that say what to hand over: ``X of shape (7, 3), one example a row``."""
        n_in, n_out = widths
        target = {
            "onehot": f"{n_out} targets each", "classes": "class numbers as targets", "flat": "one target each",
            "class vector": f"class numbers as targets, shape ({n},)",
        }  # fmt: skip
        kind = "lists" if self.lists else "arrays"
        if self.layout in ("rows", "columns"):
            shape = (n, n_in) if self.layout == "rows" else (n_in, n)
            what = "lists" if self.lists else f"of shape {shape}"
            return f"X {what}, one example a {self.layout[:-1]}, {target[self.labels]}"
        if self.layout == "labelled":
            return f"{n} lists of {n_in} numbers and, at the end, the class number"
        shapes = {"examples": (n_in,), "pairs": (n_in,), "row examples": (1, n_in)}
        shown = f"{kind} of shape {shapes.get(self.layout, (n_in, 1))}" if not self.lists else f"lists of {n_in}"
        return f"{n} {'pairs (x, y)' if self.paired else 'examples, one by one'}, {shown}, {target[self.labels]}"


_ARRAYS: tuple[Layout, ...] = (
    "rows",
    "columns",
    "column pairs",
    "pairs",
    "examples",
    "column examples",
    "row examples",
)


def forms(n_out: int) -> list[Form]:
    """All forms, those in which a mistake is least likely to go unnoticed first."""
    batches = [Form(layout) for layout in _ARRAYS[:2]]
    batches += [Form(layout, "classes") for layout in _ARRAYS[:2]]
    batches += [Form(layout, "flat") for layout in _ARRAYS[:2]] if n_out == 1 else [Form("columns", "class vector")]
    singles = [Form(layout) for layout in _ARRAYS[2:]]
    singles += [replace(form, lists=True) for form in (Form("rows"), Form("examples"), Form("pairs"))]
    singles += [Form("labelled", "classes", lists=True)]
    singles += [Form("examples", "flat" if n_out == 1 else "classes"), Form("column examples", "flat")]
    singles += [Form("examples", "flat", lists=True), Form("rows", "flat", lists=True)] if n_out == 1 else []
    return batches + singles


def examples(
    form: Form,
    widths: tuple[int, int],
    n: int = N_EXAMPLES,
    *,
    seed: int = 0,
    tag: Tag | None = None,
    given: tuple[Any, Any] | None = None,
) -> dict[str, Any]:
    """The variables ``X`` and ``Y`` (or ``data``, for pairs) in the given form.

    Inputs are distinct, in [-1, 1], without zeros; targets are exact zeros and ones, all classes present
    where there are more examples than classes.
    ``tag`` puts an array on the tape under a name. ``given`` are examples to use instead: (N, n_in) and (N, n_out)
    or (N,) class numbers.
    """
    tag = tag or (lambda value, name: value)
    made = _made(widths, n, seed) if given is None else _given(widths, *given)
    x, y, classes = (array.copy() for array in made)
    if form.layout in ("rows", "columns"):
        return _batch(form, x, y, classes, tag)
    if form.layout == "labelled":
        rows = tag(x, "X")
        return {"data": [[*_listed(rows[i]), int(k)] for i, k in enumerate(classes)]}
    xs = [_shaped(form, tag(_one(form, row), "X")) for row in x]
    ys = [_shaped(form, tag(_target(form, row, k), "Y")) for row, k in zip(y, classes, strict=True)]
    return {"data": list(zip(xs, ys, strict=True))} if form.paired else {"X": xs, "Y": ys}


@lru_cache(maxsize=100)
def _made(widths: tuple[int, int], n: int, seed: int) -> tuple[Any, Any, Any]:
    n_in, n_out = widths
    rng = np.random.default_rng(seed)
    x = np.round(rng.uniform(0.1, 1.0, (n, n_in)) * rng.choice([-1.0, 1.0], (n, n_in)), 3)
    numbers = np.arange(n) % max(n_out, 2)
    if n == n_out > 2:
        numbers[-1] = 0  # targets that are one-hot by row and by column would hide a softmax over the wrong axis
    classes = rng.permutation(numbers)
    return x, np.eye(n_out)[classes] if n_out > 1 else classes[:, None].astype(float), classes


def _given(widths: tuple[int, int], x: Any, y: Any) -> tuple[Any, Any, Any]:
    x, y = np.array(x, dtype=float), np.array(y)
    if y.ndim == 1:
        return x, np.eye(widths[1])[y.astype(int)] if widths[1] > 1 else y[:, None].astype(float), y
    classes = y.argmax(axis=1) if y.shape[1] > 1 else y[:, 0]
    whole = y.shape[1] > 1 or bool(np.all(classes == np.round(classes)))
    return x, y.astype(float), classes.astype(int) if whole else classes


def _batch(form: Form, x: Any, y: Any, classes: Any, tag: Tag) -> dict[str, Any]:
    target = {"onehot": y, "flat": classes.astype(float)}.get(form.labels, classes)
    if form.layout == "columns":
        x, target = np.ascontiguousarray(x.T), np.ascontiguousarray(target.T)
        target = target[None, :] if target.ndim == 1 and form.labels != "class vector" else target
    made = tag(x, "X"), tag(target, "Y")
    return dict(zip("XY", map(_listed, made) if form.lists else made, strict=True))


def _one(form: Form, row: Any) -> Any:
    return {"column examples": row[:, None], "column pairs": row[:, None], "row examples": row[None, :]}.get(
        form.layout, row
    )


def _target(form: Form, row: Any, k: int) -> Any:
    if form.labels == "classes":
        return np.asarray(k)
    return np.asarray(float(k)) if form.labels == "flat" else _one(form, row)


def _shaped(form: Form, value: Any) -> Any:
    if np.ndim(value) == 0:
        return value[()] if form.labels == "flat" else int(value)
    return _listed(value) if form.lists else value


def _listed(value: Any) -> Any:
    """Nested lists of Python numbers, each still on the tape where there is one."""
    return [_listed(item) if np.ndim(item) else item.item() for item in value]
