"""Recorded arrays: they behave as numpy's own, and everything that is done to them leaves a trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from annprobe.tape.flat import Flat
from annprobe.tape.memory import View, Window
from annprobe.tape.nodes import Ref
from annprobe.tape.plain import SEEN_CLASS, Active, TracedArray, raw

_SHAPE: Any = np.ndarray.shape


class Recorded(np.ndarray[Any, Any], TracedArray):
    """An ndarray whose contents are on the tape. It sees the same memory as the plain array of its window."""

    __slots__ = ("_window",)

    __class__ = SEEN_CLASS

    @property
    def _raw(self) -> Any:
        try:
            return self._window.array
        except AttributeError:
            return np.ndarray.view(self, np.ndarray)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        recorder = Active.recorder
        if recorder is None:
            return getattr(ufunc, method)(*raw(inputs), **raw(kwargs))
        return recorder.ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        recorder = Active.recorder
        if recorder is None:
            return getattr(func, "_implementation", func)(*raw(args), **raw(kwargs))
        run = getattr(func, "_implementation", func)  # no second dispatch for what is hidden in the arguments
        return recorder.function(func.__name__, func, args, kwargs, run)

    def __getitem__(self, index: Any) -> Any:
        recorder = Active.recorder
        return raw(self)[raw(index)] if recorder is None else recorder.getitem(self, index)

    def __setitem__(self, index: Any, value: Any) -> None:
        recorder = Active.recorder
        if recorder is None:
            raw(self)[raw(index)] = raw(value)
        else:
            recorder.setitem(self, index, value)

    def __iter__(self) -> Iterator[Any]:
        if self.ndim == 0:
            raise TypeError("iteration over a 0-d array")
        return (self[i] for i in range(len(self)))

    def __deepcopy__(self, memo: Any) -> Any:
        return self.copy()

    def __copy__(self) -> Any:
        return self.copy()

    def __reduce__(self) -> Any:
        return raw(self).__reduce__()

    def __reduce_ex__(self, protocol: Any) -> Any:
        return raw(self).__reduce_ex__(protocol)

    def __repr__(self) -> str:
        return repr(raw(self))

    def __str__(self) -> str:
        return str(raw(self))

    def __format__(self, spec: str) -> str:
        return format(raw(self), spec)

    @property
    def T(self) -> Any:
        """The transposed array."""
        return self.transpose()

    @property
    def mT(self) -> Any:
        """The array with its last two axes exchanged."""
        if self.ndim < 2:
            return raw(self).mT  # raises
        return self.swapaxes(-1, -2)

    @property
    def shape(self) -> Any:
        """The lengths of the axes; setting them reshapes the array in place."""
        return _SHAPE.__get__(self)

    @shape.setter
    def shape(self, shape: Any) -> None:
        before = self._window if Active.recorder is None else Active.recorder.window(self)
        _SHAPE.__set__(self, raw(shape))
        plain = before.array.view()
        plain.shape = raw(shape)
        view: View = ("reshape", np.reshape, (plain.shape,), {})
        node = (
            before.node
            if Active.recorder is None
            else Active.recorder.push(
                "reshape", np.reshape, (Ref(Active.recorder.current(before)), plain.shape), {}, plain
            )
        )
        self._window = Window(plain, before.buffer, node, before, view)

    @property
    def flat(self) -> Any:
        """The entries one after another."""
        return Flat(self)

    @flat.setter
    def flat(self, values: Any) -> None:
        Flat(self)[:] = values

    @property
    def base(self) -> Any:
        """The plain array that the memory belongs to, None when it is the array's own."""
        return raw(self).base

    @property
    def flags(self) -> Any:
        """Those of the plain array."""
        return raw(self).flags


class RecordedMatrix(Recorded, np.matrix):
    """A ``numpy.matrix`` on the tape: its ``*`` is a matrix product."""

    __class__ = SEEN_CLASS

    @property
    def _raw(self) -> Any:
        try:
            return self._window.array
        except AttributeError:
            return np.ndarray.view(self, np.matrix)

    def __array_finalize__(self, obj: Any) -> None:
        np.matrix.__array_finalize__(self, obj)

    __mul__ = np.matrix.__mul__
    __rmul__ = np.matrix.__rmul__
    __imul__ = np.matrix.__imul__
    __pow__ = np.matrix.__pow__
    __ipow__ = np.matrix.__ipow__

    def _entries(self) -> Any:
        recorder = Active.recorder
        if recorder is None:
            return raw(self).A
        return recorder.function("asarray", np.asarray, (self,), {})

    @property
    def A(self) -> Any:
        """The entries as an ordinary array."""
        return self._entries()

    @property
    def A1(self) -> Any:
        """The entries as a flat array."""
        return self._entries().ravel()

    @property
    def H(self) -> Any:
        """The transpose: the entries are real."""
        return self.transpose()


__all__ = ["Recorded", "RecordedMatrix", "raw"]

Recorded.__name__ = "numpy.ndarray"  # the messages of errors read as they would without a recording
RecordedMatrix.__name__ = "matrix"
