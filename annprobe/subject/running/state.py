"""The numbers that an object or a namespace holds: where they are, and which of them a call changed."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from annprobe.subject.reading.parameter_names import is_bias, is_weight

_DEPTH = 6
_MOST = 4_000  # leaves; a network of Neuron objects has hundreds


@dataclass(frozen=True, slots=True)
class Leaf:
    """A float array or a float, under its path (``.weights[0]``)."""

    path: str
    shape: tuple[int, ...]
    data: bytes
    finite: bool


def leaves(value: Any, path: str = "") -> dict[str, Leaf]:
    """All float arrays and floats reachable through attributes, lists, tuples and dicts, by path."""
    found: dict[str, Leaf] = {}
    for leaf in _walk(value, path, set(), _DEPTH):
        found[leaf.path] = leaf
        if len(found) >= _MOST:
            break
    return found


def _walk(value: Any, path: str, seen: set[int], depth: int) -> Iterator[Leaf]:
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        if value.size:
            yield Leaf(path, value.shape, value.tobytes(), bool(np.isfinite(value).all()))
        return
    if isinstance(value, (float, np.floating)):
        yield Leaf(path, (), np.float64(value).tobytes(), bool(np.isfinite(value)))
        return
    if depth == 0 or id(value) in seen:
        return
    for name, item in _parts(value):
        yield from _walk(item, path + name, seen | {id(value)}, depth - 1)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, (list, tuple)) or (isinstance(value, np.ndarray) and value.dtype == object and value.ndim):
        yield from ((f"[{i}]", item) for i, item in enumerate(value))
    elif isinstance(value, dict):
        yield from ((f"[{key!r}]", item) for key, item in value.items())
    elif is_object(value):
        slots = [
            name for kind in type(value).__mro__ for name in getattr(kind, "__slots__", ()) if hasattr(value, name)
        ]
        yield from ((f".{name}", item) for name, item in vars(value).items()) if hasattr(value, "__dict__") else ()
        yield from ((f".{name}", getattr(value, name)) for name in slots)


def is_object(value: Any) -> bool:
    """An instance of a class that was written in Python and is no module, function or class."""
    if isinstance(value, (type, types.ModuleType, types.FunctionType, types.MethodType, np.ndarray, np.generic)):
        return False
    return hasattr(value, "__dict__") or hasattr(type(value), "__slots__")


@dataclass(frozen=True, slots=True)
class Change:
    """What a call did to the leaves: ``kept`` is false when a shape changed or a value is no longer finite."""

    changed: tuple[str, ...]
    kept: bool


def compare(before: dict[str, Leaf], after: dict[str, Leaf], only: set[str] | None = None) -> Change:
    """Leaves that were there before and are different now. ``only``: look at these paths."""
    changed, kept = [], True
    for path, leaf in before.items():
        now = after.get(path)
        if now is None or now.data == leaf.data or (only is not None and path not in only):
            continue
        if now.shape != leaf.shape and _stands_in(leaf):
            continue
        changed.append(path)
        kept = kept and now.shape == leaf.shape and (now.finite or not leaf.finite)
    return Change(tuple(changed), kept)


def _stands_in(leaf: Leaf) -> bool:
    """Whether an array of zeros only keeps a place for a value of the forward pass: by its name it is no bias."""
    name = (["", *re.findall(r"[A-Za-z_]\w*", leaf.path)])[-1]
    return not any(leaf.data) and not is_weight(name) and not is_bias(name)


def matrices(found: dict[str, Leaf]) -> list[tuple[str, tuple[int, ...]]]:
    """The leaves with two dimensions, and nested lists of floats as if they were arrays."""
    arrays: list[tuple[str, tuple[int, ...]]] = [(p, leaf.shape) for p, leaf in found.items() if len(leaf.shape) == 2]
    return arrays or _nested(found)


def _nested(found: dict[str, Leaf]) -> list[tuple[str, tuple[int, ...]]]:
    """Lists of lists of floats: their path, (rows, columns)."""
    rows: dict[str, dict[int, int]] = {}
    for path, leaf in found.items():
        parts = path.rsplit("[", 2)
        if leaf.shape == () and len(parts) == 3 and parts[1].endswith("]"):
            row = parts[1][:-1]
            if row.isdigit():
                counts = rows.setdefault(parts[0], {})
                counts[int(row)] = counts.get(int(row), 0) + 1
    shapes: list[tuple[str, tuple[int, ...]]] = []
    for path, counts in rows.items():
        if len(set(counts.values())) == 1:
            shapes.append((path, (len(counts), counts[0] if 0 in counts else max(counts.values()))))
    return shapes
