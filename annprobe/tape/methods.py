"""The methods of a recorded array: each one is the numpy function of the same name, on the tape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from annprobe.tape.arrays import Active, Recorded, raw


def _astype(array: Any, dtype: Any, *args: Any, **kwargs: Any) -> Any:
    return array.astype(dtype, *args, **kwargs)


def _fill(array: Any, value: Any) -> None:
    array.fill(value)


def _sort(array: Any, *args: Any, **kwargs: Any) -> None:
    array.sort(*args, **kwargs)


def _view(array: Any, *args: Any) -> Any:
    return array.view(*args)


def _conj(array: Any) -> Any:
    return np.conj(array)


def _reshape(array: Any, *shape: Any, **kwargs: Any) -> Any:
    return array.reshape(*shape, **kwargs)


def _transpose(array: Any, *axes: Any) -> Any:
    return array.transpose(*axes)


def _copy(array: Any, *args: Any, **kwargs: Any) -> Any:
    return np.array(array, copy=True)


def _ravel(array: Any, *args: Any, **kwargs: Any) -> Any:
    return array.ravel(*args, **kwargs)


def _flatten(array: Any, *args: Any, **kwargs: Any) -> Any:
    return array.flatten(*args, **kwargs)


def _squeeze(array: Any, *args: Any, **kwargs: Any) -> Any:
    return array.squeeze(*args, **kwargs)


# method -> (operation's name on the tape, function of the plain array)
METHODS: dict[str, tuple[str, Callable[..., Any]]] = {
    "astype": ("astype", _astype),
    "fill": ("fill", _fill),
    "sort": ("sort!", _sort),
    "reshape": ("reshape", _reshape),
    "transpose": ("transpose", _transpose),
    "copy": ("copy", _copy),
    "ravel": ("ravel", _ravel),
    "flatten": ("ravel", _flatten),
    "squeeze": ("squeeze", _squeeze),
    "conj": ("conj", _conj),
    **{
        name: (name, getattr(np, name))
        for name in (
            "sum",
            "mean",
            "prod",
            "std",
            "var",
            "max",
            "min",
            "cumsum",
            "cumprod",
            "clip",
            "dot",
            "repeat",
            "swapaxes",
            "take",
            "trace",
            "diagonal",
            "round",
            "ptp",
        )
    },
}
_PLAIN_METHODS = ("argmax", "argmin", "argsort", "nonzero", "all", "any", "tobytes", "searchsorted", "dump", "tofile")


def _recording(name: str, fn: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        recorder = Active.recorder
        if recorder is None:
            return fn(raw(self), *raw(args), **raw(kwargs))
        return recorder.function(name, fn, (self, *args), kwargs)

    return method


def _plain(name: str) -> Callable[..., Any]:
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(raw(self), name)(*raw(args), **raw(kwargs))

    return method


def _item(self: Any, *args: Any) -> Any:
    recorder = Active.recorder
    if recorder is None:
        return raw(self).item(*args)
    if not args and self.size == 1:
        return recorder.plain(self if self.ndim == 0 else self.reshape(-1)[0])
    index = args[0] if len(args) == 1 else tuple(args)
    return recorder.plain(self.reshape(-1)[index] if isinstance(index, int) else self[index])


def _tolist(self: Any) -> Any:
    if Active.recorder is None or self.size > 10_000:
        return raw(self).tolist()
    if self.ndim == 0:
        return _item(self)
    return [row.tolist() if hasattr(row, "tolist") else row for row in self]


def install_methods() -> None:
    """Give :class:`Recorded` its methods (once)."""
    if "sum" in Recorded.__dict__:
        return
    for name, (op, fn) in METHODS.items():
        setattr(Recorded, name, _recording(op, fn))
    for name in _PLAIN_METHODS:
        setattr(Recorded, name, _plain(name))
    setattr(Recorded, "item", _item)  # noqa: B010  # mypy knows ndarray's own signature
    setattr(Recorded, "tolist", _tolist)  # noqa: B010
