"""Parameters kept as attributes of an object: which they are, and where they are set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from annprobe.errors import BadArgument


class Attributes:
    """Parameters that are attributes of an object, e.g. ``Attributes(net, "W1", "b1", "W2", "b2")``."""

    def __init__(self, owner: object, *names: str) -> None:
        missing = [name for name in names if not hasattr(owner, name)]
        if missing or not names:
            known = ", ".join(sorted(vars(owner))) if hasattr(owner, "__dict__") else "none"
            what = f"no attribute {missing[0]!r}" if missing else "no attribute was named"
            raise BadArgument(f"{type(owner).__name__}: {what} (it has: {known})")
        self.owner, self.names = owner, names


def array_attributes(owner: object) -> Iterator[str]:
    """Names of attributes that hold floating-point arrays, or lists or dicts of them."""
    for name, value in getattr(owner, "__dict__", {}).items():
        if _holds_arrays(value):
            yield name


def _holds_arrays(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind == "f" or (value.dtype == object and all(map(_holds_arrays, value.ravel())))
    if isinstance(value, dict):
        return bool(value) and all(map(_holds_arrays, value.values()))
    return isinstance(value, (list, tuple)) and bool(value) and all(map(_holds_arrays, value))


def is_frozen(owner: object) -> bool:
    """Whether it is a frozen dataclass."""
    parameters = getattr(type(owner), "__dataclass_params__", None)
    return parameters is not None and bool(parameters.frozen)


def holder_of(owner: object, name: str) -> object:
    """The object itself, or the class that holds a plain value for all its objects.

    Raises :class:`BadArgument` for an attribute that cannot be set.
    """
    described = getattr(type(owner), name, None)
    if isinstance(described, property) and described.fset is None:
        raise BadArgument(f"{type(owner).__name__}.{name} cannot be set: name the attribute that it reads instead")
    if name not in getattr(owner, "__dict__", {}):
        for kind in type(owner).__mro__:
            if name in vars(kind) and not hasattr(type(vars(kind)[name]), "__get__"):
                return kind
    return owner
