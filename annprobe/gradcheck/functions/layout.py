"""A nest of parameter arrays laid out as one vector, and back: lists, tuples, dicts, numbers, attributes."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck.functions.attributes import Attributes, array_attributes, holder_of, is_frozen

Vector = NDArray[Any]  # float64 for values; complex128 for a complex step
Build = Callable[[Vector], Any]


class Leaf(NamedTuple):
    """One parameter array: ``vector[start:stop].reshape(shape)``."""

    name: str
    shape: tuple[int, ...]
    start: int
    stop: int
    dtype: str = "float64"  # as the user holds it

    @property
    def span(self) -> slice:
        """The leaf's part of the vector."""
        return slice(self.start, self.stop)


class Layout(NamedTuple):
    """Where each parameter lies in the vector, and how to build the user's nest from a vector."""

    leaves: tuple[Leaf, ...]
    size: int
    build: Build
    values: Vector  # the user's own values, float64
    guessed: bool = False  # which attributes of an object are parameters was not said
    keys: tuple[str, ...] | None = None  # of a flat dict
    attributes: tuple[tuple[object, str, Any], ...] = ()  # (owner, name, value) of those that building overwrites

    def put_back(self) -> None:
        """Give every object its own attributes again."""
        for owner, name, value in self.attributes:
            setattr(owner, name, value)


def lay_out(
    parameters: Any, *, names: Sequence[str] | None = None, shapes: Sequence[Sequence[int]] | None = None
) -> Layout:
    """Lay out any nest of arrays.

    names   names for the leaves, in order; otherwise their paths, like ``[0]['W']``
    shapes  how one flat vector is cut into the arrays of the network, in order

    Raises :class:`BadArgument` when there is nothing to differentiate or names or shapes do not fit.
    """
    if type(parameters) is np.ndarray and parameters.dtype == np.float64 and parameters.size and not (names or shapes):
        return _one_array(parameters)
    reader = _Reader()
    build = reader.read(parameters, "")
    if not reader.size:
        raise BadArgument(f"the parameters ({type(parameters).__name__}) hold no array of numbers to differentiate by")
    leaves = _cut(reader.leaves, shapes) if shapes is not None else tuple(reader.leaves)
    if names is not None:
        if len(names) != len(leaves):
            raise BadArgument(f"{len(names)} names for {len(leaves)} parameter arrays")
        leaves = tuple(Leaf(n, v.shape, v.start, v.stop, v.dtype) for n, v in zip(names, leaves, strict=True))
    values = np.concatenate(reader.parts) if len(reader.parts) > 1 else reader.parts[0].copy()
    keys = tuple(map(str, parameters)) if isinstance(parameters, dict) else None
    return Layout(leaves, reader.size, build, values, reader.guessed, keys, tuple(reader.attributes))


def _one_array(array: NDArray[np.float64]) -> Layout:
    """The commonest nest, laid out without a walk."""
    shape = array.shape
    leaf = Leaf("parameters", shape, 0, array.size)
    build: Build = (lambda vector: vector) if array.ndim == 1 else (lambda vector: vector.reshape(shape))
    return Layout((leaf,), array.size, build, array.flatten())


def _cut(leaves: list[Leaf], shapes: Sequence[Sequence[int]]) -> tuple[Leaf, ...]:
    total = sum(math.prod(shape) for shape in shapes)
    if len(leaves) != 1 or leaves[0].stop != total:
        have = leaves[0].stop if len(leaves) == 1 else f"{len(leaves)} arrays"
        raise BadArgument(f"shapes describe one vector of {total} numbers, the parameters are {have}")
    cut, start = [], 0
    for number, shape in enumerate(shapes):
        stop = start + math.prod(shape)
        cut.append(Leaf(f"array {number}", tuple(shape), start, stop, leaves[0].dtype))
        start = stop
    return tuple(cut)


class _Reader:
    """Walks a nest once: collects the leaves and composes the function that builds the nest again."""

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []
        self.parts: list[NDArray[np.float64]] = []
        self.size = 0
        self.guessed = False
        self.attributes: list[tuple[object, str, Any]] = []

    def read(self, value: Any, path: str) -> Build:
        if isinstance(value, np.ndarray):
            return self._array(value, path) if value.dtype != object else self._objects(value, path)
        if isinstance(value, (bool, str, bytes, type(None))):
            return lambda vector: value
        if isinstance(value, (int, float, np.number)):
            return self._number(value, path)
        if isinstance(value, dict):
            return self._mapping(value, path)
        if isinstance(value, (list, tuple)):
            return self._rows(value, path) if _is_rows(value) else self._sequence(value, path)
        return self._object(value, path)

    def _leaf(self, array: NDArray[Any], path: str) -> Leaf:
        if array.dtype.kind not in "biuf":
            raise BadArgument(f"parameter {path or 'array'} holds {array.dtype} values; real numbers are needed")
        leaf = Leaf(path or "parameters", array.shape, self.size, self.size + array.size, str(array.dtype))
        self.leaves.append(leaf)
        self.parts.append(np.asarray(array).astype(np.float64).ravel())
        self.size = leaf.stop
        return leaf

    def _array(self, value: NDArray[Any], path: str) -> Build:
        if not value.size:
            return lambda vector: value
        leaf = self._leaf(value, path)
        start, stop, shape = leaf.start, leaf.stop, leaf.shape
        if isinstance(value, np.matrix):
            return lambda vector: vector[start:stop].reshape(shape).view(np.matrix)
        return lambda vector: vector[start:stop].reshape(shape)

    def _number(self, value: Any, path: str) -> Build:
        at = self._leaf(np.asarray(value), path).start
        return lambda vector: vector[at]

    def _rows(self, value: Sequence[Any], path: str) -> Build:
        """A matrix written as a list of lists of Python numbers."""
        leaf = self._leaf(np.asarray(value, dtype=np.float64), path)
        make = tuple if isinstance(value, tuple) else list
        return lambda vector: make(vector[leaf.span].reshape(leaf.shape).tolist())

    def _sequence(self, value: Sequence[Any], path: str) -> Build:
        builds = [self.read(item, f"{path}[{index}]") for index, item in enumerate(value)]
        if isinstance(value, list):
            return lambda vector: [build(vector) for build in builds]
        if hasattr(value, "_make"):  # a named tuple
            return lambda vector: value._make(build(vector) for build in builds)
        return lambda vector: tuple(build(vector) for build in builds)

    def _mapping(self, value: dict[Any, Any], path: str) -> Build:
        builds = {key: self.read(item, f"{path}[{key!r}]" if path else str(key)) for key, item in value.items()}
        return lambda vector: {key: build(vector) for key, build in builds.items()}

    def _objects(self, value: NDArray[Any], path: str) -> Build:
        """An object array of arrays, as NumPy makes of layers of unequal size."""
        builds = [self.read(item, f"{path}[{index}]") for index, item in enumerate(value.ravel())]

        def build(vector: Vector) -> Any:
            out = np.empty(value.size, dtype=object)
            for index, part in enumerate(builds):
                out[index] = part(vector)
            return out.reshape(value.shape)

        return build

    def _object(self, value: Any, path: str) -> Build:
        """Attributes of an object: building sets them there."""
        owner = value.owner if isinstance(value, Attributes) else value
        names = value.names if isinstance(value, Attributes) else tuple(array_attributes(owner))
        if not names:
            return lambda vector: value
        self.guessed = self.guessed or value is owner
        prefix = f"{path}." if path else ""
        if is_frozen(owner):
            return self._frozen(owner, names, prefix)
        held = [(holder_of(owner, name), name, getattr(owner, name)) for name in names]
        self.attributes += held
        builds = [(holder, name, self.read(array, prefix + name)) for holder, name, array in held]

        def build(vector: Vector) -> Any:
            for holder, name, part in builds:
                setattr(holder, name, part(vector))
            return owner

        return build

    def _frozen(self, owner: Any, names: Sequence[str], prefix: str) -> Build:
        """A frozen dataclass: building makes another one."""
        builds = {name: self.read(getattr(owner, name), prefix + name) for name in names}
        return lambda vector: dataclasses.replace(owner, **{name: part(vector) for name, part in builds.items()})


def _is_rows(value: Sequence[Any]) -> bool:
    """A non-empty rectangle of plain Python numbers."""
    if not value or hasattr(value, "_make"):
        return False
    if all(isinstance(item, (int, float)) and not isinstance(item, bool) for item in value):
        return True
    inner = all(isinstance(item, (list, tuple)) and _is_rows(item) for item in value)
    return inner and len({len(item) for item in value}) == 1
