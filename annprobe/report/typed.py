"""Whether a value is what its type annotation says: for diagnoses that come from a file."""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any, Literal


def check_typed(kind: Any, value: Any, where: str) -> None:
    """Check a tree of dataclasses, tuples, unions, literals and plain types.

    Raises ``ValueError`` that names the first part that is something else, as in ``findings[0].code``.
    """
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        _check_union(kind, value, where)
    elif origin is Literal:
        _require(value in typing.get_args(kind), where, f"one of {', '.join(map(str, typing.get_args(kind)))}", value)
    elif origin is tuple:
        _require(isinstance(value, tuple), where, "a list", value)
        for i, item in enumerate(value):
            check_typed(typing.get_args(kind)[0], item, f"{where}[{i}]")
    elif dataclasses.is_dataclass(kind) and isinstance(kind, type):
        _require(isinstance(value, kind), where, "an object", value)
        for name, hint in typing.get_type_hints(kind).items():
            check_typed(hint, getattr(value, name), f"{where}.{name}".lstrip("."))
    else:
        wanted = (int, float) if kind is float else kind
        fits = isinstance(value, wanted) and (kind is bool or not isinstance(value, bool))
        _require(fits, where, kind.__name__, value)


def _check_union(kind: Any, value: Any, where: str) -> None:
    for option in typing.get_args(kind):
        try:
            return check_typed(option, value, where)
        except ValueError:
            continue
    _require(False, where, str(kind), value)
    return None


def _require(holds: bool, where: str, wanted: str, value: Any) -> None:
    if not holds:
        raise ValueError(f"{where} is {str(value)[:60]!r}, which is not {wanted}")
