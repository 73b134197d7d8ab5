"""As much of pandas as feeds a network: columns by name or position, values, simple statistics."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from annprobe.subject.surroundings.missing.data import DataGuess, speaks_of_labels

Make = Callable[..., Any]


class Frame:
    """The part of a data frame that networks are fed from: columns by name or position, values, simple statistics."""

    def __init__(self, values: Any, columns: list[Any], make: Make) -> None:
        self.columns = _Names(columns)
        self.index = np.arange(len(values))
        self._values = values
        self._make = make

    @property
    def values(self) -> Any:
        """The numbers as an array."""
        return self._make(self._values)

    def to_numpy(self, *args: Any, **kwargs: Any) -> Any:
        """As :attr:`values`."""
        return self.values

    as_matrix = to_numpy

    @property
    def shape(self) -> tuple[int, ...]:
        """(rows, columns), or (rows,)."""
        return tuple(self._values.shape)

    @property
    def iloc(self) -> _Located:
        """Entries by position."""
        return _Located(self)

    loc = iloc

    @property
    def T(self) -> Frame:
        """Rows and columns exchanged."""
        return Frame(self._values.T, [str(i) for i in self.index], self._make)

    def take(self, rows: Any, columns: Any = slice(None)) -> Any:
        """A part as a frame; one column is a frame of one dimension."""
        if isinstance(columns, (str, list)):
            columns = [self.column(c) for c in columns] if isinstance(columns, list) else self.column(columns)
        part = self._values[rows] if self._values.ndim == 1 else self._values[rows][..., columns]
        if np.ndim(part) == 0:
            return part
        names = np.asarray(list(self.columns))[columns] if self._values.ndim == 2 else []
        return Frame(_whole(part) if np.ndim(part) == 1 else part, [str(n) for n in np.atleast_1d(names)], self._make)

    def put(self, rows: Any, columns: Any, value: Any) -> None:
        """Change a part."""
        if isinstance(columns, (str, list)):
            columns = [self.column(c) for c in columns] if isinstance(columns, list) else self.column(columns)
        given = np.asarray(value._values if isinstance(value, Frame) else value)
        if given.dtype.kind == "f" and self._values.dtype.kind != "f":
            self._values = self._values.astype(float)
        if self._values.ndim == 1:
            self._values[rows] = given
        else:
            self._values[rows, columns] = given

    def column(self, name: Any) -> int:
        """The position of a column; a name never heard of is the next one not taken (labels: the last)."""
        return self.columns.position(name)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, (str, list)) and not (isinstance(key, list) and key and isinstance(key[0], bool)):
            return self.take(slice(None), key)
        return self.take(key._values if isinstance(key, Frame) else key)

    def __setitem__(self, key: Any, value: Any) -> None:
        filled = np.asarray(value._values if isinstance(value, Frame) else value, dtype=float)
        if isinstance(key, str) and self._values.ndim == 2:
            if key in self.columns:
                self._values[:, self.columns.index(key)] = filled
            else:
                self._values = np.column_stack([self._values, np.broadcast_to(filled, len(self._values))])
                self.columns.append(key)

    def tolist(self) -> list[Any]:
        """The numbers as a list."""
        return list(self._values.tolist())

    to_list = tolist

    def unique(self) -> Any:
        """The different numbers."""
        return self._make(np.unique(self._values))

    def drop(self, labels: Any = None, axis: int = 0, columns: Any = None, **kwargs: Any) -> Frame:
        """Without columns; rows are never dropped."""
        names = columns if columns is not None else labels if axis in (1, "columns") else None
        if names is None:
            return self
        gone = {self.column(n) for n in ([names] if isinstance(names, str) else names)}
        kept = [i for i in range(self._values.shape[1]) if i not in gone]
        return Frame(self._values[:, kept], [self.columns[i] for i in kept], self._make)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return np.asarray(self._values, *args)

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.columns if self._values.ndim == 2 else self._make(self._values))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name in ("mean", "std", "min", "max", "sum", "var"):
            return lambda *args, **kwargs: self._reduced(getattr(np, name)(self._values, axis=0))
        if name in ("head", "info", "describe", "sample", "fillna", "dropna", "reset_index", "astype", "copy", "apply",
                    "map", "replace", "shuffle", "sort_values", "set_index"):  # fmt: skip
            return lambda *args, **kwargs: self
        return self.take(slice(None), name)


    def _reduced(self, made: Any) -> Any:
        """One number a column; of one column the number."""
        return Frame(made, list(self.columns), self._make) if np.ndim(made) else made


def _whole(values: Any) -> Any:
    """Whole numbers as such: a column of classes keeps its type beside columns of decimals."""
    return values.astype(int) if np.all(np.mod(values, 1) == 0) else values


def _arithmetic(name: str) -> Callable[[Frame, Any], Frame]:
    def method(self: Frame, other: Any) -> Frame:
        right = other._values if isinstance(other, Frame) else other
        return Frame(getattr(self._values, name)(right), list(self.columns), self._make)

    return method


for _name in ("add", "sub", "mul", "truediv", "radd", "rsub", "rmul", "eq", "gt", "lt", "ge", "le", "ne", "pow"):
    setattr(Frame, f"__{_name}__", _arithmetic(f"__{_name}__"))
Frame.__hash__ = object.__hash__  # type: ignore[method-assign]  # a class that defines == loses its hash


class _Names(list[Any]):
    """Names of columns; a name that is asked for and not known takes a place of its own."""

    @property
    def values(self) -> Any:
        """The names as an array."""
        return np.array(self, dtype=object)

    def tolist(self) -> list[Any]:
        """The names as a list."""
        return list(self)

    def position(self, name: Any) -> int:
        if name not in self and isinstance(name, int):
            return name
        if name not in self:
            last = speaks_of_labels(name)
            free = [i for i, n in enumerate(self) if n.startswith("column ")]
            self[(free[-1] if last else free[0]) if free else -1 if last else 0] = name
        return self.index(name)


class _Located:
    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    def __getitem__(self, key: Any) -> Any:
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        return self._frame.take(rows, columns)

    def __setitem__(self, key: Any, value: Any) -> None:
        rows, columns = key if isinstance(key, tuple) else (key, slice(None))
        self._frame.put(rows, columns, value)


def pandas(files: Any, guess: DataGuess, make: Make, inert: types.ModuleType) -> types.ModuleType:
    """As much of ``pandas`` as reads a table of numbers."""

    def read(name: Any, *args: Any, **kwargs: Any) -> Frame:
        found = files.find(name)
        if found is None:
            files.missing(str(name))
            values = guess.table(bright=guess.columns >= 64)
            names = kwargs.get("names") or [f"column {i}" for i in range(values.shape[1])]
            return Frame(values, [str(n) for n in names], make)
        skip = 0 if kwargs.get("header", 0) is None else 1
        with open(found, encoding="utf-8", errors="replace") as stream:
            head = stream.readline().strip().split(kwargs.get("sep", kwargs.get("delimiter", ",")))
        values = np.genfromtxt(found, delimiter=kwargs.get("sep", ","), skip_header=skip, ndmin=2)
        return Frame(values, [str(n) for n in kwargs.get("names") or head], make)

    def dummies(data: Any, *args: Any, **kwargs: Any) -> Frame:
        classes, position = np.unique(np.asarray(data), return_inverse=True)
        return Frame(np.eye(len(classes))[position], [str(c) for c in classes], make)

    def joined(parts: Any, axis: Any = 0, **kwargs: Any) -> Frame:
        frames = [part for part in parts if isinstance(part, Frame)]
        tables = [f._values if f._values.ndim == 2 else f._values[:, None] for f in frames]
        if axis in (1, "columns"):
            return Frame(np.hstack(tables), [name for f in frames for name in f.columns or ["column"]], make)
        return Frame(np.vstack(tables), list(frames[0].columns), make)

    class DataFrame(Frame, metaclass=_AnyFrame):
        def __init__(self, data: Any = None, *args: Any, columns: Any = None, **kwargs: Any) -> None:
            stacked = np.column_stack([np.asarray(v) for v in data.values()]) if isinstance(data, dict) else data
            values = np.asarray(stacked)
            values = values if values.ndim == 2 else values[:, None]
            names = list(data) if isinstance(data, dict) else columns
            super().__init__(values, list(range(values.shape[1]) if names is None else names), make)

    readers = dict.fromkeys(("read_csv", "read_table", "read_excel", "read_pickle", "read_hdf"), read)
    vars(inert).update(readers, DataFrame=DataFrame, Series=DataFrame, get_dummies=dummies, concat=joined)
    return inert


class _AnyFrame(type):
    """Every frame is an instance of the class that modules call ``pandas.DataFrame``."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Frame)
