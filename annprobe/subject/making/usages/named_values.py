"""Weights, biases and examples for functions that ask for them by name and have nothing that makes them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from annprobe.subject.making.callables import Function
from annprobe.subject.making.start_values import Values, bias_shapes, keys_of, random_values
from annprobe.subject.making.usages.functions import Setup, setups_of
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.reading.parameter_names import is_bias, is_weight, number_of
from annprobe.subject.reading.words import roles_of
from annprobe.subject.surroundings.examples import Form, Labels, Layout

_ROWS: tuple[Layout, ...] = ("rows", "row examples", "examples")
_COLUMNS: tuple[Layout, ...] = ("columns", "column examples")


@dataclass(frozen=True, slots=True)
class Named:
    """Start values under the names that are asked for.

    forms   of the examples that go with them
    widths  of the examples, where they are not the architecture's
    ahead   statements that take an example apart, with the program's names: ``x1, x2 = {x}``
    given   the names that these statements define
    setup   statements that make the parameters instead
    kept    the variables that hold them, where they are not all among the values
    own     whether the examples are the module's own, too
    """

    values: Values
    forms: tuple[Form, ...]
    widths: tuple[int, int] | None = None
    ahead: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    setup: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    own: bool = False


def named_values(
    workshop: Workshop, functions: dict[str, Function], undefined: Sequence[str], sizes: tuple[int, ...]
) -> Iterator[Named]:
    """Single numbers, one layer, lists of layers, or a matrix for each layer: what the names say."""
    asked = _asked(functions, undefined)
    weights = sorted([n for n in asked if is_weight(n)], key=number_of)
    biases = sorted([n for n in asked if is_bias(n) and n not in weights], key=number_of)
    if weights and all(_is_number(workshop.namespace.get(n)) for n in (*weights, *biases)):
        whole = {n: float(v) for n in (*weights, *biases) if type(v := workshop.namespace[n]) is int}
        yield Named(whole, (Form(),), kept=(*weights, *biases), own=True)
    setups = setups_of(workshop, functions, sizes)
    made = [s for s in setups if weights and {*weights, *biases} <= set(s.results)]
    if made:
        yield from (_made(setup, widths) for setup in made for widths in setup.widths or ((sizes[0], sizes[-1]),))
        return
    yield from _single_numbers(asked, weights, biases)
    listed = {p.name for f in functions.values() for p in f.required if p.indexed}
    if len(sizes) > 2 and len(weights) == 1 and set(weights) <= listed and set(biases) <= listed:
        yield from _in_lists(weights[0], biases, sizes)
        return
    if not weights and not setups:
        yield from _in_a_dictionary(workshop, functions, sizes)
    if len(weights) == 1 and sizes[-1] == 1:
        sizes = (sizes[0], 1)
    if len(weights) == len(sizes) - 1 and len(biases) in (0, len(weights)):
        yield from in_matrices(weights, biases, sizes)
        if not biases:
            yield from _with_bias_inside(weights, sizes)


def _in_a_dictionary(workshop: Workshop, functions: Mapping[str, Function], sizes: tuple[int, ...]) -> Iterator[Named]:
    """One parameter that holds all of them under the keys that the module reads."""
    keys = keys_of(workshop.tree)
    weights, biases = [k for k in keys if is_weight(k)], [k for k in keys if is_bias(k) and not is_weight(k)]
    asked = [p.name for f in functions.values() for p in f.required if roles_of(p.name, making=False)[:1] == ["params"]]
    if asked and len(weights) == len(sizes) - 1 and len(biases) in (0, len(weights)):
        for named in in_matrices(weights, biases, sizes):
            yield replace(named, values={asked[0]: named.values})


def _made(setup: Setup, widths: tuple[int, int]) -> Named:
    """The module's own initialiser, with the forms of examples that functions most often take."""
    forms = (*_forms(_ROWS, widths[1]), *_forms(_COLUMNS, widths[1]))
    return Named({}, forms, widths, setup=setup.lines, kept=tuple(setup.results.values()))


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _asked(functions: Mapping[str, Function], undefined: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*(p.name for f in functions.values() for p in f.required), *undefined]))


def _forms(layouts: Sequence[Layout], n_out: int) -> tuple[Form, ...]:
    third: Labels = "flat" if n_out == 1 else "class vector"
    labels: tuple[Labels, ...] = ("onehot", "classes", third)
    batches = [Form(layouts[0], label) for label in labels]
    return (*batches, *(Form(layout) for layout in layouts[1:]))


def setting_of(name: str, n: int) -> str | None:
    """A setting of that name, for a training of ``n`` examples without a penalty; None where the name says nothing."""
    if re.fullmatch(r"m|N|n_?(samples|examples)|(num|number)_?(of_)?(samples|examples)|m_train", name):
        return str(n)
    role = next(iter(roles_of(name, making=False)), "")
    return {"rate": "0.1", "reg": "0.0", "keep": "1.0"}.get(role)


def in_matrices(weights: list[str], biases: list[str], sizes: tuple[int, ...]) -> Iterator[Named]:
    """A matrix for each layer, of the examples in rows or columns, with each shape that biases have.

    Crossed: for a module that transposes the examples itself.
    """
    for by_rows, crossed in ((True, False), (False, False), (False, True)):
        for shape in (*bias_shapes(by_rows), *(("number",) if sizes[-1] == 1 and len(weights) == 1 else ())):
            layers = _layers(sizes, by_rows, shape)
            values = {n: v for names, (w, b) in zip(_paired(weights, biases), layers, strict=True)
                      for n, v in zip(names, (w, b), strict=False)}  # fmt: skip
            yield Named(values, _forms(_ROWS if by_rows or crossed else _COLUMNS, sizes[-1]))
            if not biases:
                break
        if len(weights) == 1:  # w (n_in, n_out) beside examples in columns: w.T @ X
            yield Named(values, _forms(_COLUMNS if by_rows else _ROWS, sizes[-1]))
        if len(weights) == 1 and sizes[-1] == 1 and by_rows:
            flat = {n: np.ravel(v) if n in weights else random_values((), 7) for n, v in values.items()}
            yield Named(flat, (Form("rows", "flat"), Form("columns", "flat")))


def _paired(weights: list[str], biases: list[str]) -> list[tuple[str, ...]]:
    return list(zip(weights, biases, strict=True)) if biases else [(w,) for w in weights]


def _layers(sizes: tuple[int, ...], by_rows: bool, bias: str) -> list[tuple[Any, Any]]:
    found = []
    for layer, (n, m) in enumerate(itertools.pairwise(sizes)):
        shape: tuple[int, ...] = {"flat": (m,), "row": (1, m), "column": (m, 1)}.get(bias, ())
        found.append((random_values((n, m) if by_rows else (m, n), layer), random_values(shape, layer + 50)))
    return found


def _with_bias_inside(weights: list[str], sizes: tuple[int, ...]) -> Iterator[Named]:
    """Matrices (m, n + 1), one column for the bias; that of the examples may be there already, or not."""
    for there in (True, False):
        shapes = [(m, n + (k > 0 or not there)) for k, (n, m) in enumerate(itertools.pairwise(sizes))]
        values = {name: random_values(shape, k) for k, (name, shape) in enumerate(zip(weights, shapes, strict=True))}
        yield Named(values, _forms(_ROWS, sizes[-1]))


def _in_lists(weights: str, biases: list[str], sizes: tuple[int, ...]) -> Iterator[Named]:
    for by_rows in (False, True):
        for shape in reversed(bias_shapes(by_rows)) if by_rows else bias_shapes(by_rows):
            layers = _layers(sizes, by_rows, shape)
            values: Values = {weights: [w for w, _ in layers], **{b: [v for _, v in layers] for b in biases[:1]}}
            yield Named(values, tuple(Form(layout) for layout in (*_ROWS[:1], *_COLUMNS)))
            if not biases:
                break


def _single_numbers(asked: Sequence[str], weights: list[str], biases: list[str]) -> Iterator[Named]:
    """A network that is written out: ``w1, w2, b1`` and ``x1, x2, y1`` are numbers."""
    inputs, targets = (sorted(n for n in asked if re.fullmatch(kind, n)) for kind in (r"x_?\d", r"[yt]_?\d"))
    values: Values = {n: random_values((), 5 + k) for k, n in enumerate((*weights, *biases))}
    if len(weights) > 1 and len(inputs) > 1 and targets and all(n[-1:].isdigit() for n in values):
        ahead = (_unpacked(inputs, "x"), _unpacked(targets, "y"))
        form = Form("examples", lists=True)
        yield Named(values, (form,), (len(inputs), len(targets)), ahead, (*inputs, *targets))


def _unpacked(names: Sequence[str], key: str) -> str:
    return f"{', '.join(names)}{',' * (len(names) == 1)} = {{{key}}}"
