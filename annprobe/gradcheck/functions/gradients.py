"""Reading whatever the user's gradient function returns into one vector; a misfit is a finding, not a crash."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck.functions.layout import Layout, Leaf

Fit = Literal["fits", "transposed", "misfit", "missing"]
Order = Literal["same", "reversed", "permuted"]


class Reading(NamedTuple):
    """The user's gradient as one vector.

    vector   float64, zero where a leaf could not be read
    fits     one a leaf: ``fits``; ``transposed`` ((m, n) for (n, m), values taken transposed); ``misfit``; ``missing``
    shapes   the shape that the user's gradient has for each leaf; None where missing
    order    ``same``, ``reversed`` or ``permuted``: how the user's arrays stand to the parameters
    epsilon  machine epsilon of the narrowest dtype among the arrays
    """

    vector: NDArray[np.float64]
    fits: tuple[Fit, ...]
    shapes: tuple[tuple[int, ...] | None, ...]
    order: Order = "same"
    epsilon: float = 2.0**-52

    @property
    def finite(self) -> bool:
        """Whether every number is finite."""
        return bool(np.isfinite(self.vector).all())

    @property
    def plain(self) -> bool:
        """Whether everything is where it belongs, in double precision."""
        fits = self.fits
        return self.order == "same" and self.epsilon <= 2.0**-52 and fits.count("fits") == len(fits)

    @property
    def usable(self) -> tuple[bool, ...]:
        """Which leaves hold values that can be compared."""
        return tuple(fit in ("fits", "transposed") for fit in self.fits)


def read_gradient(gradient: Any, layout: Layout) -> Reading:
    """Bring the user's gradient into the layout's order.

    Raises :class:`BadArgument` when it holds no numbers, or arrays that have nothing to do with the parameters.
    """
    if isinstance(gradient, np.ndarray) and gradient.dtype.kind == "f" and gradient.shape == (layout.size,):
        return _flat(gradient, layout)
    if gradient is None:
        raise BadArgument(
            "gradient() returned None: is its return statement missing? If it keeps the gradients in attributes, give "
            "a function that calls it and returns them"
        )
    arrays = list(_named_arrays(gradient, ""))
    if not arrays:
        raise BadArgument(f"the gradient is {type(gradient).__name__!s} without any array of numbers")
    if len(arrays) == 1 and arrays[0][1].size == layout.size and len(layout.leaves) > 1:
        return _flat(arrays[0][1].ravel(), layout)
    chosen, order = _assign(arrays, layout)
    return _collect(chosen, order, layout)


def _flat(vector: NDArray[Any], layout: Layout) -> Reading:
    shapes: tuple[tuple[int, ...] | None, ...] = tuple([leaf.shape for leaf in layout.leaves])
    full = vector if vector.dtype == np.float64 else vector.astype(np.float64)
    return Reading(full, _FITS * len(shapes), shapes, "same", epsilon_of(vector))


_FITS: tuple[Fit, ...] = ("fits",)


def _collect(chosen: Sequence[NDArray[Any] | None], order: Order, layout: Layout) -> Reading:
    vector = np.zeros(layout.size)
    fits: list[Fit] = []
    epsilon = 2.0**-52
    for leaf, array in zip(layout.leaves, chosen, strict=True):
        fits.append(fit := _fit(array, leaf))
        if array is not None and fit in ("fits", "transposed"):
            vector[leaf.span] = (array.T if fit == "transposed" else array).reshape(-1)
            epsilon = max(epsilon, epsilon_of(array))
    shapes = tuple(None if array is None else array.shape for array in chosen)
    return Reading(vector, tuple(fits), shapes, order, epsilon)


def _fit(array: NDArray[Any] | None, leaf: Leaf) -> Fit:
    if array is None:
        return "missing"
    if array.shape == leaf.shape or _squeezed(array.shape) == _squeezed(leaf.shape):
        return "fits"
    return "transposed" if array.ndim == 2 and array.T.shape == leaf.shape else "misfit"


def _squeezed(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for n in shape if n != 1)


def epsilon_of(value: Any) -> float:
    """Machine epsilon of the dtype of ``value``, never below that of float64."""
    dtype = getattr(value, "dtype", None)
    if dtype is None or dtype.char == "d" or dtype.kind not in "fc":
        return 2.0**-52
    return max(float(np.finfo(dtype).eps), 2.0**-52)


def _named_arrays(value: Any, path: str) -> Iterator[tuple[str, NDArray[Any]]]:
    """(key or path, array) of every array, matrix of Python numbers, or number in a nest, in order."""
    if value is None or isinstance(value, (str, bytes, bool)):
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _named_arrays(item, f"{path}[{key!r}]" if path else str(key))
        return
    if isinstance(value, np.ndarray) and value.dtype != object:
        if value.dtype.kind not in "biuf":
            raise BadArgument(f"the gradient holds {value.dtype} values; a gradient is made of real numbers")
        yield path, value
        return
    if isinstance(value, (int, float, np.number)):
        yield path, np.asarray(value)
        return
    if _is_row(value):
        yield path, np.asarray(value, dtype=np.float64)
        return
    yield from _sequence_arrays(value, path)


def _sequence_arrays(value: Any, path: str) -> Iterator[tuple[str, NDArray[Any]]]:
    if not hasattr(value, "__iter__") and not callable(value):  # an object with a gradient an attribute
        for name, item in getattr(value, "__dict__", {}).items():
            yield from _named_arrays(item, f"{path}.{name}" if path else name)
        return
    items = list(value) if hasattr(value, "__iter__") else []
    if items and all(map(_is_row, items)) and len({len(row) for row in items}) == 1:
        yield path, np.asarray(items, dtype=np.float64)
        return
    for index, item in enumerate(items):
        yield from _named_arrays(item, f"{path}[{index}]")


def _is_row(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and all(isinstance(v, (int, float)) for v in value)


def _assign(arrays: list[tuple[str, NDArray[Any]]], layout: Layout) -> tuple[list[NDArray[Any] | None], Order]:
    """One array for each leaf: by key, else by position, else in reverse, else by the only leaf of that shape.

    Shapes that are equal count before those that are equal but for axes of length 1.
    """
    has_keys = layout.keys is not None or "['" in arrays[0][0]
    if has_keys and (named := _by_key(arrays, layout)) is not None:
        return named, "same"
    plain = [array for _, array in arrays]
    places = _by_shape(plain, layout)
    if len(plain) != len(layout.leaves):
        if places is None or layout.guessed:
            raise BadArgument(_another_number(plain, layout))
        return _placed(plain, places, layout), "same" if places == sorted(places) else "permuted"
    if places is not None:
        backwards = [array.shape for array in plain[::-1]] == [leaf.shape for leaf in layout.leaves]
        if places == sorted(places) or not backwards:
            return _placed(plain, places, layout), "same" if places == sorted(places) else "permuted"
    elif _all_fit(plain, layout):
        return list(plain), "same"
    return (list(plain[::-1]), "reversed") if _all_fit(plain[::-1], layout) else (list(plain), "same")


def _another_number(plain: Sequence[NDArray[Any]], layout: Layout) -> str:
    shapes = ", ".join(str(array.shape) for array in plain)
    wanted = ", ".join(f"{leaf.name} {leaf.shape}" for leaf in layout.leaves)
    arrays = "1 array" if len(plain) == 1 else f"{len(plain)} arrays"
    text = f"the gradient holds {arrays}, {shapes}; the parameters are {len(layout.leaves)}: {wanted}"
    if not layout.guessed:
        return text
    names = ", ".join(map(repr, _leading_attributes(plain, layout))) or "'W1', ..."
    return f"{text}. Say which attributes are parameters: annprobe.gradcheck.Attributes(object, {names})"


def _leading_attributes(plain: Sequence[NDArray[Any]], layout: Layout) -> list[str]:
    """The first attributes, where together they have the gradient's shapes: parameters are made before caches are."""
    leading = layout.leaves[: len(plain)]
    if sorted(leaf.shape for leaf in leading) != sorted(array.shape for array in plain):
        return []
    return list(dict.fromkeys(re.split(r"[.\[]", leaf.name)[0] for leaf in leading))


def _placed(plain: Sequence[NDArray[Any]], places: Sequence[int], layout: Layout) -> list[NDArray[Any] | None]:
    chosen: list[NDArray[Any] | None] = [None] * len(layout.leaves)
    for array, place in zip(plain, places, strict=True):
        chosen[place] = array
    return chosen


def _all_fit(plain: Sequence[NDArray[Any]], layout: Layout) -> bool:
    return all(_fit(array, leaf) == "fits" for array, leaf in zip(plain, layout.leaves, strict=True))


def _by_key(arrays: list[tuple[str, NDArray[Any]]], layout: Layout) -> list[NDArray[Any] | None] | None:
    """By the keys of dicts, as they are or without what marks a gradient; keys within lists only if all are found."""
    by_name = dict(arrays)
    decorated = {bare_name(name): array for name, array in arrays}
    found = [by_name.get(leaf.name, decorated.get(leaf.name)) for leaf in layout.leaves]
    if layout.keys is not None and any(array is not None for array in found):
        return found
    nested = {_bare_path(name): array for name, array in arrays if "['" in name}
    inner = [nested.get(_bare_path(leaf.name)) for leaf in layout.leaves]
    return inner if len(nested) == len(arrays) and all(array is not None for array in inner) else None


def _bare_path(path: str) -> str:
    """``[0]['dW']`` as ``[0]['W']``."""
    return re.sub(r"\['(\w+)'\]", lambda key: f"['{bare_name(key[1])}']", path)


def bare_name(name: str) -> str:
    """The parameter's name within the gradient's: ``dW1``, ``grad_W1``, ``W1_grad``, ``gW1`` belong to ``W1``."""
    return re.sub(r"^(grads?_?|gradient_?|nabla_?|delta_?|d_|d|g_|g)(?=\w)|(_grads?|_gradient|\.grad)$", "", name)


def _by_shape(plain: Sequence[NDArray[Any]], layout: Layout) -> list[int] | None:
    """The leaf of every array: those of its shape in order; None when some array has no such leaf."""
    waiting = {
        leaf.shape: [i for i, other in enumerate(layout.leaves) if other.shape == leaf.shape] for leaf in layout.leaves
    }
    chosen = []
    for array in plain:
        places = waiting.get(array.shape)
        if not places:
            return None
        chosen.append(places.pop(0))
    return chosen
