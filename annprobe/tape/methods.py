"""The methods of recorded arrays and of recorded numpy scalars: the plain ones, with a trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from annprobe.tape.arrays import Recorded
from annprobe.tape.decisions import RecordedNumpyBool
from annprobe.tape.plain import Active, raw
from annprobe.tape.scalars import SCALARS, NumpyScalar

_TOO_MANY = 10_000  # entries of an array that becomes a list: beyond, the numbers lose their thread

# method -> the operation's name on the tape
RECORDED = {
    name: name
    for name in (
        "all",
        "any",
        "argmax",
        "argmin",
        "argpartition",
        "argsort",
        "astype",
        "choose",
        "clip",
        "compress",
        "conj",
        "conjugate",
        "copy",
        "cumprod",
        "cumsum",
        "diagonal",
        "dot",
        "max",
        "mean",
        "min",
        "nonzero",
        "prod",
        "ptp",
        "ravel",
        "repeat",
        "reshape",
        "round",
        "searchsorted",
        "squeeze",
        "std",
        "sum",
        "swapaxes",
        "take",
        "trace",
        "transpose",
        "var",
    )
} | {"flatten": "ravel"}
WRITING = {"fill": "fill", "put": "put", "sort": "sort!", "partition": "partition!"}
PLAIN = (
    "dump",
    "dumps",
    "tobytes",
    "tofile",
    "tostring",
    "to_device",
    "setflags",
    "getfield",
    "setfield",
    "byteswap",
    "newbyteorder",
)


class Method:
    """A method as a function of the array."""

    __slots__ = ("__name__",)

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, array: Any, *args: Any, **kwargs: Any) -> Any:
        """``array.method(...)``"""
        return getattr(array, self.__name__)(*args, **kwargs)


def _recording(name: str, op: str) -> Callable[..., Any]:
    function = Method(name)

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        recorder = Active.recorder
        if recorder is None:
            return getattr(raw(self), name)(*raw(args), **raw(kwargs))
        return recorder.function(op, function, (self, *args), kwargs)

    return method


def _writing(name: str, op: str) -> Callable[..., Any]:
    recording = _recording(name, op)

    def method(self: Any, *args: Any, **kwargs: Any) -> None:
        recording(self, *args, **kwargs)  # the method gives nothing back

    return method


def _plain(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(raw(self), name)(*raw(args), **raw(kwargs))

    return method


def _view(self: Any, *args: Any, **kwargs: Any) -> Any:
    recorder = Active.recorder
    value = raw(self).view(*raw(args), **raw(kwargs))
    if recorder is None or value.dtype != self.dtype:  # bits read as another type have no thread
        return value
    return recorder.function("view", Method("view"), (self, *args), kwargs)


def _item(self: Any, *args: Any) -> Any:
    recorder = Active.recorder
    if recorder is None:
        return raw(self).item(*args)
    value = raw(self).item(*raw(args))  # the error, if there is one, is numpy's own
    if self.size == 1:
        return recorder.plain(self)
    index = args[0] if len(args) == 1 else tuple(args)
    entry = self[index] if isinstance(index, tuple) else self[np.unravel_index(raw(index), self.shape)]
    return value if raw(entry) is entry else recorder.plain(entry)


def _tolist(self: Any) -> Any:
    if Active.recorder is None or self.size > _TOO_MANY:
        return raw(self).tolist()
    if self.ndim == 0:
        return _item(self)
    if isinstance(self, np.matrix):
        return _tolist(self.A)
    return [_tolist(row) if isinstance(row, Recorded | NumpyScalar) else row.item() for row in self]


def _resize(self: Any, *shape: Any, **kwargs: Any) -> None:
    sizes = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape
    if int(np.prod(raw(sizes))) == self.size:
        self.shape = tuple(sizes)
    else:
        raw(self).resize(*raw(shape), **kwargs)  # raises: recorded arrays do not own their memory


def install_methods() -> None:
    """Give recorded arrays and numpy scalars their methods (once)."""
    if "sum" in Recorded.__dict__:
        return
    special: dict[str, Callable[..., Any]] = {"item": _item, "tolist": _tolist, "view": _view}
    for name, op in RECORDED.items():
        if hasattr(np.ndarray, name):
            special[name] = _recording(name, op)
    for name in PLAIN:
        if hasattr(np.ndarray, name):
            special[name] = _plain(name)
    for name, method in special.items():
        setattr(Recorded, name, method)
        for kind in (*SCALARS.values(), RecordedNumpyBool):
            if issubclass(kind, NumpyScalar):
                setattr(kind, name, method)
    for name, op in WRITING.items():
        setattr(Recorded, name, _writing(name, op))
    setattr(Recorded, "resize", _resize)  # noqa: B010  # mypy knows ndarray's own signature
