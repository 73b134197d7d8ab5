"""Objects that stand where a missing or unwanted package would: everything can be asked of them, nothing happens."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

from annprobe.subject.surroundings.missing.unpacking import targets_of


class _Base:
    """What a class of the user inherits from when its base class is missing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None: ...

    def __init_subclass__(cls, **kwargs: Any) -> None: ...

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Inert(f"{type(self).__name__}.{name}")


class Inert(types.ModuleType):
    """Attribute, call, item, arithmetic, context manager, decorator, base class, unpacking: all give inert objects."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__dict__["__path__"] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = Inert(f"{self.__name__}.{name}")
        self.__dict__[name] = made
        return made

    def __call__(self, *args: Any, **kwargs: Any) -> Any:  # noqa: D102
        if len(args) == 1 and not kwargs and isinstance(args[0], (types.FunctionType, type)):
            return args[0]  # used as a decorator
        return Inert(f"{self.__name__}()")

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[type, ...]:
        return (_Base,)

    def __iter__(self) -> Iterator[Any]:
        return iter([Inert(f"{self.__name__}[{i}]") for i in range(len(targets_of(sys._getframe(1))))])

    def __getitem__(self, key: Any) -> Any:
        return Inert(f"{self.__name__}[]")

    def __setitem__(self, key: Any, value: Any) -> None: ...

    def __delitem__(self, key: Any) -> None: ...

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *exc: object) -> None: ...

    def __contains__(self, item: Any) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __bool__(self) -> bool:
        return False

    def __int__(self) -> int:
        return 0

    def __float__(self) -> float:
        return 0.0

    def __index__(self) -> int:
        return 0

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __lt__(self, other: Any) -> bool:
        return False

    __le__ = __gt__ = __ge__ = __lt__

    def __str__(self) -> str:
        return ""

    def __repr__(self) -> str:
        return f"<stand-in for {self.__name__}>"

    def __format__(self, spec: str) -> str:
        return ""

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError(f"{self.__name__} is not installed, and data was expected from it")

    def _operate(self, *others: Any) -> Any:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __neg__ = _operate
    __floordiv__ = __mod__ = __pow__ = __matmul__ = __rmatmul__ = __and__ = __or__ = __invert__ = __abs__ = _operate
