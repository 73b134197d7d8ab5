"""Arguments given by name, as arguments given by position: rules look for operands there."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any


def by_position(
    fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The same call, by position up to the last parameter of the function that is given by name."""
    parameters = _parameters(fn)
    last = max([i for i, (name, _) in enumerate(parameters) if name in kwargs], default=-1)
    made, left = list(args), dict(kwargs)
    for name, default in parameters[len(args) : last + 1]:
        if name not in left and default is inspect.Parameter.empty:
            return args, kwargs  # the call raises
        made.append(left.pop(name, default))
    return tuple(made), left


@functools.lru_cache(maxsize=512)
def _parameters(fn: Callable[..., Any]) -> tuple[tuple[str, Any], ...]:
    """Names and defaults of parameters that may be given by position; none where the signature is not known."""
    try:
        parameters = inspect.signature(fn).parameters.values()
    except (ValueError, TypeError):
        return ()
    return tuple((p.name, p.default) for p in parameters if p.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD)
