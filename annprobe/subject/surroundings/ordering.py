"""Sets of the module's own objects are walked in the same order in every run.

By default an object's hash is its address, which differs from run to run: an engine that keeps the operands of a value
in a set would visit them in another order each time.
"""

from __future__ import annotations

import builtins
import itertools
from collections.abc import Callable
from typing import Any


def class_builder() -> Callable[..., Any]:
    """Stands in for ``__build_class__``: objects without a hash of their own are numbered as they are first hashed."""
    numbers = itertools.count(1)

    def numbered(self: Any) -> int:
        held = getattr(self, "__dict__", None)
        if held is None:
            return object.__hash__(self)
        if "__number__" not in held:
            held["__number__"] = next(numbers)
        number: int = held["__number__"]
        return number

    def build(body: Callable[..., Any], name: str, *bases: Any, **kwargs: Any) -> Any:
        made = builtins.__build_class__(body, name, *bases, **kwargs)
        if isinstance(made, type) and not any("__hash__" in vars(kind) for kind in made.__mro__[:-1]):
            made.__hash__ = numbered  # type: ignore[assignment]
        return made

    return build
