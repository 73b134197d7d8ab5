"""Recording: turns what the module does into nodes.

The rules of the house: run the operation on plain values first, so that results and errors are numpy's own; then push
a node; then hand back a recorded value. Before memory is overwritten, nodes that still live there get a copy of their
value.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from annprobe.tape.decisions import DECISIONS
from annprobe.tape.memory import Window
from annprobe.tape.methods import install_methods
from annprobe.tape.nodes import Ref
from annprobe.tape.plain import Active, Traced, TracedArray, is_recorded, raw
from annprobe.tape.positional import by_position
from annprobe.tape.references import References, is_numeric
from annprobe.tape.scalars import SCALARS, RecordedDatum, RecordedInt, make_number
from annprobe.tape.views import assign, pick, read_item
from annprobe.tape.writes import MUTATORS, OUT_POSITIONS, Changing, Into

_WRITTEN = ("out", "where")


class Recorder(References):
    """Records one run of a module.

    files      absolute names of the files whose lines count as the user's
    budget     when to stop
    satisfied  called with the tape now and then; once it returns true, ``when_enough`` is called
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from annprobe.tape.builtin_names import make_builtins
        from annprobe.tape.standins import make_modules

        super().__init__(*args, **kwargs)
        install_methods()
        self.number_of: Callable[[Any], Any] | None = None  # what stands for a value that an entry cannot hold
        self.modules: dict[str, ModuleType] = make_modules(self)
        self.builtins: dict[str, Any] = make_builtins(self)

    def __enter__(self) -> Recorder:
        Active.recorder = self
        self.start_clock()
        return self

    def __exit__(self, *exc: object) -> None:
        Active.recorder = None

    # --- numbers -------------------------------------------------------------------------------------------------

    def scalar(self, op: str, fn: Callable[..., Any], operands: tuple[Any, ...], result: Any) -> Any:
        """The result of arithmetic on Python or numpy scalars."""
        kind = type(result)
        made = SCALARS.get(kind)
        if made is None and kind is int:
            made = RecordedDatum
        made = made or DECISIONS.get(kind)
        if made is not None:
            return make_number(made, result, self.push(op, fn, operands, {}, result), self.tape)
        return self._result(op, fn, operands, {}, result)

    def plain(self, number: Any, fn: Callable[[Any], Any] | None = None) -> Any:
        """A recorded scalar as a recorded Python number (``.item()``, ``float()``)."""
        function = fn or _item
        value = function(raw(number))
        return self.scalar("item", function, (number,), value)

    # --- calls ---------------------------------------------------------------------------------------------------

    def ufunc(self, ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A ufunc call, reduction or outer product; with ``out=`` a write."""
        if method == "at":
            return self._change(f"{ufunc.__name__}.at", ufunc.at, inputs, kwargs)
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        fn = ufunc if method == "__call__" else getattr(ufunc, method)
        inputs = tuple([self.gathered(x) for x in inputs])
        if any(type(x) is np.ndarray and x.dtype == object for x in inputs):
            return _elementwise(fn, inputs, kwargs)
        out = kwargs.pop("out", None)
        if out is not None:
            return self._written(name, fn, inputs, kwargs, out)
        return self._result(name, fn, inputs, kwargs, self._run(name, fn, inputs, kwargs))

    def function(
        self,
        name: str,
        fn: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        run: Callable[..., Any] | None = None,
    ) -> Any:
        """A numpy function of recorded arguments; ``run`` is called in its place, where it is given."""
        if kwargs and is_recorded({key: item for key, item in kwargs.items() if key not in _WRITTEN}):
            args, kwargs = by_position(fn, args, kwargs)
        args, kwargs = (*args[:1], *_sizes(args[1:])), _sizes(kwargs)
        if name in MUTATORS or (name == "nan_to_num" and kwargs.get("copy", True) is False):
            return self._change(name, fn, args, kwargs)
        position = OUT_POSITIONS.get(name, len(args))
        out = kwargs.get("out", args[position] if len(args) > position else None)
        if "out" in kwargs:
            kwargs = {key: item for key, item in kwargs.items() if key != "out"}
        if out is not None:
            return self._written(name, fn, args[:position], kwargs, (out,))
        return self._result(name, fn, args, kwargs, self._run(name, run or fn, args, kwargs))

    def _run(self, name: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The operation on plain values; what it raises is noted, for the module may catch it."""
        try:
            return fn(*raw(args), **raw(kwargs))
        except (ValueError, TypeError, IndexError) as error:
            self.tape.raised.append((name, self.refs(args, []), self.site(), str(error)))
            raise

    def gathered(self, value: Any) -> Any:
        """A list of recorded numbers or arrays as one recorded array; the rest as it is."""
        if isinstance(value, (list, tuple)) and is_recorded(value):
            return self.made_of("array", np.array, value)
        return value

    def made_of(self, name: str, fn: Callable[..., Any], value: Any) -> Any:
        """An array made of a structure with recorded entries; of literals alone it is a leaf."""
        result = fn(raw(value))
        if result.dtype == object:
            return _objects(value, result)
        inputs: list[int] = []
        structure = self.refs(value, inputs)
        if all(self.tape[number].op == "literal" for number in inputs):
            return self.leaf(name, result)
        if not is_numeric(result):
            return result
        return self.wrap(result, self.append(name, fn, (structure,), {}, result, "op", tuple(inputs)))

    def _result(
        self, name: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], value: Any
    ) -> Any:
        if isinstance(value, (tuple, list)):
            return self._several(name, fn, args, kwargs, value)
        if not is_numeric(value):
            return value
        node = self.push(name, fn, args, kwargs, value)
        return self.wrap(value, node, name, args, kwargs, fn)

    def _several(
        self, name: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], values: Any
    ) -> Any:
        """Each entry of a tuple or list of results becomes a node of its own."""
        if not any(is_numeric(item) for item in values):
            return values
        whole = self.push(name, fn, args, kwargs, tuple(values))
        picked = []
        for i, item in enumerate(values):
            if is_numeric(item):
                node = self.push("pick", pick, (Ref(whole), i), {}, item)
                item = self.wrap(item, node, "pick", args, kwargs, fn, i)
            picked.append(item)
        return type(values)(*picked) if hasattr(values, "_fields") else type(values)(picked)

    # --- reading and writing -------------------------------------------------------------------------------------

    def getitem(self, array: Any, index: Any) -> Any:
        """``array[index]``"""
        value = raw(array)[raw(index)]
        if not is_numeric(value):
            return value
        node = self.push("getitem", read_item, (array, index), {}, value)
        return self.wrap(value, node, "getitem", (array, index), {}, read_item)

    def setitem(self, array: TracedArray, index: Any, value: Any) -> None:
        """``array[index] = value``"""
        inputs: list[int] = []
        args = self.refs((array, index, value), inputs)
        self._before_write(array)
        try:
            raw(array)[raw(index)] = raw(value)
        except ValueError:
            entry = self.number_of(value) if self.number_of is not None else value
            if entry is value:
                raise
            return self.setitem(array, index, entry)
        self._after_write(array, "setitem", assign, args, {}, inputs)
        return None

    def _change(self, name: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A function that writes to its first argument."""
        target = args[0]
        inputs: list[int] = []
        made, keywords = self.refs(args, inputs), self.refs(kwargs, inputs)
        self._before_write(target)
        result = fn(raw(target), *raw(args[1:]), **raw(kwargs))
        self._after_write(target, name, Changing(fn), made, keywords, inputs)
        return target if isinstance(result, np.ndarray) else result

    def _written(
        self, name: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], outs: tuple[Any, ...]
    ) -> Any:
        """A function with ``out=``."""
        inputs: list[int] = []
        made, keywords = self.refs(args, inputs), self.refs(kwargs, inputs)
        befores = [
            self.refs(out, inputs) if kwargs.get("where", True) is not True and out is not None else None
            for out in outs
        ]
        plain = raw(outs)
        for out in outs:
            if out is not None:
                self._before_write(out)
        results = fn(*raw(args), **raw(kwargs), out=plain if isinstance(fn, np.ufunc) or len(outs) > 1 else plain[0])
        for i, out in enumerate(outs):
            if out is not None:
                base = {} if befores[i] is None else {"base": befores[i]}
                self._after_write(out, name, Into(fn, i, list(plain)), made, {**keywords, **base}, inputs)
        if len(outs) == 1:
            return outs[0]
        return tuple(result if out is None else out for out, result in zip(outs, results, strict=True))

    def _before_write(self, target: Any) -> None:
        window: Window | None = None
        if isinstance(target, TracedArray):
            window = self.window(target)
        while window is not None:
            self.current(window)
            window = window.parent
        buffer = self.memory.known(raw(target))
        if buffer is None:
            return
        for number in buffer.sharing:
            if self.tape[number].tag:
                self.tape.mutated.append((self.tape[number].tag, len(self.tape)))
        self.memory.detach(buffer)

    def _after_write(
        self, target: Any, op: str, fn: Callable[..., Any], args: Any, kwargs: Any, inputs: list[int]
    ) -> None:
        plain = raw(target)
        exposed = bool(self.outside) and self.outside.holds(plain)
        if not isinstance(target, TracedArray):
            if isinstance(plain, np.ndarray) and is_numeric(plain):
                self.outside.written(plain, self._write_node(op, fn, args, kwargs, inputs, plain.copy(order="K")))
            return
        node = self._write_node(op, fn, args, kwargs, inputs, plain.copy(order="K") if exposed else plain)
        root = self._hand_up(target._window, node)
        if exposed:
            self.outside.written(root.array, root.node)

    def _write_node(
        self, op: str, fn: Callable[..., Any], args: Any, kwargs: Any, inputs: list[int], value: Any
    ) -> int:
        node = self.append(op, fn, args, kwargs, value, "op", tuple(inputs))
        self.tape[node].write = True
        return node

    def _hand_up(self, window: Window, node: int) -> Window:
        """A view was written to: so was everything that it looks into. Returns the outermost."""
        touched = [(window, node)]
        while window.parent is not None and window.view is not None:
            node = self.scattered(window.parent.node, node, window.view, window.parent.array)
            window = window.parent
            touched.append((window, node))
        window.buffer.version += 1
        for item, number in touched:
            item.written(number)
        return window


def _item(value: Any) -> Any:
    return value.item() if isinstance(value, (np.ndarray, np.generic)) else float(value)


def _elementwise(fn: Callable[..., Any], inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A ufunc over an array of objects: numpy calls the operators of its entries, which are on the tape."""
    return fn(*[_as_objects(value) for value in inputs], **kwargs)


def _sizes(value: Any) -> Any:
    """Whole numbers among the later arguments of functions are sizes, axes, shapes: they stay what they are."""
    kind = type(value)
    if kind is RecordedDatum or kind is RecordedInt:
        return value._raw
    if kind is tuple:
        return tuple([_sizes(item) for item in value])
    if kind is list:
        return [_sizes(item) for item in value]
    if kind is dict:
        return {key: _sizes(item) for key, item in value.items()}
    return value


def _as_objects(value: Any) -> Any:
    """As numpy converts an operand to objects: the entries as Python numbers, still on the tape."""
    if not issubclass(type(value), (Traced, np.generic)):
        return value
    boxed: Any = np.empty(np.shape(raw(value)), dtype=object)
    for index in np.ndindex(boxed.shape):
        entry = value[index] if boxed.shape else value
        boxed[index] = entry.item() if isinstance(entry, (np.generic, np.ndarray)) else entry
    return boxed


def _objects(value: Any, result: Any) -> Any:
    """An array of objects holds the recorded arrays and numbers themselves."""
    filled = np.empty(result.shape, dtype=object)
    for index in np.ndindex(*result.shape):
        item = value
        for i in index:
            item = item[i]
        plain = isinstance(item, np.generic) and not isinstance(result[index], np.generic)
        filled[index] = item.item() if plain else item
    return filled
