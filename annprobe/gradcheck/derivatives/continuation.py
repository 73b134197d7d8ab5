"""A complex array that behaves as the analytic continuation of a real one, so that a complex step survives user code.

The complex step (Squire & Trapp, SIAM Rev. 40 (1998) 110; Martins, Sturdza & Alonso, ACM TOMS 29 (2003) 245) asks that
every operation be analytic in x + ih. NumPy's abs, conj, norm, var, ... are not; here each is replaced by the analytic
function that equals it on the real line. Comparisons, max and min stay NumPy's own: by real part, then by the imaginary
one, which is the side of a kink to which the step leads.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from annprobe.gradcheck.derivatives.continuation_rules import FUNCTIONS, UFUNCS


class Continued(np.ndarray[Any, np.dtype[Any]]):
    """Complex values x + ih·v; ``conversions`` of the class records what ``float()`` cut off."""

    __array_priority__ = 1e6
    conversions: list[complex] = []  # noqa: RUF012  (one record for all arrays: the last ``float()`` is what is asked for)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        raw = tuple(strip(value) for value in inputs)
        out = options.pop("out", None)
        if out is not None:
            options["out"] = tuple(strip(value) for value in out)
        rule = UFUNCS.get(ufunc.__name__) if method == "__call__" else None
        if rule is None:
            result = getattr(ufunc, method)(*raw, **options)
        elif out is None and not options:
            result = rule(*raw)
        else:
            result = _into(rule(*raw), options)
        return out[0] if out is not None else wrap(result)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        rule = FUNCTIONS.get(function.__name__)
        if rule is not None:
            return wrap(rule(*strip(args), **{key: strip(value) for key, value in kwargs.items()}))
        plain = tuple(np.ndarray if issubclass(kind, Continued) else kind for kind in types)
        return wrap(super().__array_function__(function, plain, args, kwargs))

    def __getitem__(self, index: Any) -> Any:
        return wrap(super().__getitem__(index))

    def __iter__(self) -> Any:
        return (self[index] for index in range(len(self)))

    def __float__(self) -> float:
        value = complex(self.view(np.ndarray))
        self.conversions.append(value)
        return value.real

    def __abs__(self) -> Any:
        return np.absolute(self)

    def __complex__(self) -> complex:
        return complex(self.view(np.ndarray))

    @property  # type: ignore[misc]
    def real(self) -> Any:
        """On the real line the real part is the value itself."""
        return self

    def conj(self) -> Any:
        """On the real line conjugation changes nothing."""
        return self

    conjugate = conj

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """A cast to real numbers of some width keeps the imaginary part at that width."""
        kind = np.dtype(dtype)
        if kind.kind == "f":
            return wrap(strip(self).astype(np.result_type(kind, np.complex64)))
        return wrap(strip(self).astype(dtype, *args, **kwargs))

    def sum(self, *args: Any, **kwargs: Any) -> Any:
        """As NumPy's, but never a bare scalar."""
        return wrap(strip(self).sum(*args, **kwargs))

    def mean(self, *args: Any, **kwargs: Any) -> Any:
        """As NumPy's, but never a bare scalar."""
        return wrap(strip(self).mean(*args, **kwargs))

    def round(self, *args: Any, **kwargs: Any) -> Any:
        """Constant between its steps."""
        return wrap(FUNCTIONS["round"](strip(self), *args, **kwargs))

    __round__ = round

    def var(self, *args: Any, **kwargs: Any) -> Any:
        """Mean of the squares about the mean, without conjugation."""
        return wrap(FUNCTIONS["var"](strip(self), *args, **kwargs))

    def std(self, *args: Any, **kwargs: Any) -> Any:
        """Root of :meth:`var`."""
        return wrap(FUNCTIONS["std"](strip(self), *args, **kwargs))


def wrap(value: Any) -> Any:
    """Complex results stay under continuation; real ones (masks, indices) are what they are."""
    if isinstance(value, (tuple, list)):
        return type(value)(map(wrap, value)) if not hasattr(value, "_make") else value._make(map(wrap, value))
    if isinstance(value, (np.ndarray, np.complexfloating)) and value.dtype.kind == "c":
        return np.asarray(value).view(Continued)
    return value


def strip(value: Any) -> Any:
    """The plain array below, also inside lists and tuples."""
    if isinstance(value, Continued):
        return value.view(np.ndarray)
    if isinstance(value, list):
        return [strip(item) for item in value]
    if isinstance(value, tuple):
        return tuple(map(strip, value)) if not hasattr(value, "_make") else value
    return value


def _into(result: NDArray[Any], options: dict[str, Any]) -> Any:
    """``out=`` and ``where=`` for a replaced function."""
    out = options.get("out", (None,))[0]
    where = options.get("where", True)
    if out is None:
        return np.where(where, result, 0)
    np.copyto(out, result, where=where)  # complex into a real buffer raises: the step cannot pass there
    return out
