"""Recording: turns what the module does into nodes.

The rules of the house: run the operation on plain values first, so that results and errors are numpy's own; then push
a node; then hand back a recorded value. Before memory is overwritten, nodes that still share it get a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from annprobe.tape.arrays import NUMBERS, SCALARS, Recorded, raw
from annprobe.tape.functions import (
    MUTATORS,
    assign,
    elementwise,
    is_numeric,
    item,
    operator_getitem,
    owner_of,
    pick,
    positions,
    scatter,
)
from annprobe.tape.making import Budget, NodeMaker, Stop
from annprobe.tape.nodes import Ref


class Recorder(NodeMaker):
    """Records one run of a module; used as a context. See :class:`NodeMaker` for its arguments."""

    # --- the operations ------------------------------------------------------------------------------------------

    def leaf(self, op: str, value: Any) -> Any:
        """A value that the module made from nothing."""
        if isinstance(value, (tuple, list)) and any(isinstance(item, np.ndarray) for item in value):
            return type(value)([self.leaf(op, item) for item in value])
        if not is_numeric(value):
            return value
        return self.wrap(value, self.push(op, None, (), {}, value, "leaf"))

    def tag(self, value: Any, name: str) -> Any:
        """Data that annprobe hands to the module, under a name."""
        array = self.leaf("data", np.array(value))
        self.tape.nodes[self.node_of(array)].tag = name
        return array

    def scalar(self, op: str, fn: Callable[..., Any], operands: tuple[Any, ...], result: Any) -> Any:
        """The result of arithmetic on Python or numpy scalars."""
        if type(result) not in SCALARS:
            return result
        return self.wrap(result, self.push(op, fn, operands, {}, result))

    def plain(self, number: Any) -> Any:
        """A recorded scalar as a recorded Python number (``.item()``, ``float()``)."""
        value = raw(number).item() if isinstance(number, (np.ndarray, np.generic)) else raw(number)
        node = number._node if isinstance(number, NUMBERS) else self.node_of(number)
        return self.wrap(value, self.push("item", item, (Ref(node),), {}, value))

    def ufunc(self, ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A ufunc call, reduction or outer product; with ``out=`` a write."""
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        if method == "at":
            return self._ufunc_at(ufunc, inputs)
        out = kwargs.pop("out", None)
        fn = ufunc if method == "__call__" else getattr(ufunc, method)
        if any(type(x) is np.ndarray and x.dtype == object for x in inputs):
            return elementwise(fn, inputs, kwargs)
        if out is None:
            return self._result(name, fn, inputs, kwargs, self._run(name, fn, inputs, kwargs))
        target = out[0]
        args, keywords = self.refs(inputs), self.refs(kwargs)
        if kwargs.get("where", True) is not True:
            keywords["base"] = self.refs(target)
        self._before_write(target)
        fn(*raw(inputs), out=tuple(raw(o) for o in out), **raw(kwargs))
        self._after_write(target, name, fn, args, keywords)
        return target

    def _ufunc_at(self, ufunc: np.ufunc, inputs: tuple[Any, ...]) -> None:
        target = inputs[0]
        args = self.refs(inputs)
        self._before_write(target)
        ufunc.at(raw(target), *raw(inputs[1:]))
        self._after_write(target, f"{ufunc.__name__}.at", None, args, {})

    def _run(self, name: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The operation on plain values; what it raises is noted, for the module may catch it."""
        try:
            return fn(*raw(args), **raw(kwargs))
        except (ValueError, TypeError, IndexError) as error:
            self.tape.raised.append((name, self.refs(args), self._site(), str(error)))
            raise

    def function(self, name: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A numpy function of recorded arguments."""
        if name in MUTATORS:
            return self._mutate(name, fn, args, kwargs)
        if name == "round_":
            name = "round"
        out = kwargs.get("out") if "out" in kwargs else (args[2] if name == "dot" and len(args) == 3 else None)
        if out is not None:
            return self._function_out(name, fn, args, kwargs, out)
        kwargs = {key: item for key, item in kwargs.items() if key != "out"}
        return self._result(name, fn, args, kwargs, self._run(name, fn, args, kwargs))

    def _function_out(
        self, name: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], out: Any
    ) -> Any:
        if "out" not in kwargs:
            args = args[:2]
        kwargs = {key: item for key, item in kwargs.items() if key != "out"}
        ref_args, ref_kwargs = self.refs(args), self.refs(kwargs)
        self._before_write(out)
        fn(*raw(args), **raw(kwargs), out=raw(out))
        self._after_write(out, name, fn, ref_args, ref_kwargs)
        return out

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
        if not any(is_numeric(item) and isinstance(item, np.ndarray) for item in values):
            return values
        whole = self.push(name, fn, args, kwargs, tuple(values))
        return (
            [self._pick(whole, i, item) for i, item in enumerate(values)]
            if isinstance(values, list)
            else tuple(self._pick(whole, i, item) for i, item in enumerate(values))
        )

    def _pick(self, whole: int, i: int, item: Any) -> Any:
        if not is_numeric(item):
            return item
        return self.wrap(item, self.push("pick", pick, (Ref(whole), i), {}, item))

    def getitem(self, array: Recorded, index: Any) -> Any:
        """``array[index]``"""
        value = raw(array)[raw(index)]
        if not is_numeric(value):
            return value
        node = self.push("getitem", operator_getitem, (array, index), {}, value)
        return self.wrap(value, node, "getitem", (array, index), None, operator_getitem)

    def setitem(self, array: Recorded, index: Any, value: Any) -> None:
        """``array[index] = value``"""
        args = (Ref(self.node_of(array)), self.refs(index), self.refs(value))
        self._before_write(array)
        raw(array)[raw(index)] = raw(value)
        self._after_write(array, "setitem", assign, args, {})

    def _mutate(self, name: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        target = args[0]
        ref_args, ref_kwargs = self.refs(args), self.refs(kwargs)
        self._before_write(target)
        fn(raw(target), *raw(args[1:]), **raw(kwargs))
        self._after_write(target, name, fn, ref_args, ref_kwargs)

    # --- writing -------------------------------------------------------------------------------------------------

    def _before_write(self, target: Any) -> None:
        array = target if isinstance(target, Recorded) else None
        while array is not None:
            self.node_of(array)
            array = array._parent
        owner = owner_of(raw(target))
        for number in self._live.pop(id(owner), ()):
            node = self.tape.nodes[number]
            if isinstance(node.value, np.ndarray):
                node.value = node.value.copy()
                self._bytes += node.value.nbytes
            elif isinstance(node.value, tuple):
                node.value = tuple(v.copy() if isinstance(v, np.ndarray) else v for v in node.value)

    def _after_write(self, target: Any, op: str, fn: Callable[..., Any] | None, args: Any, kwargs: Any) -> None:
        node = self.push(op, fn, args, kwargs, raw(target))
        self.tape.nodes[node].write = True
        if not isinstance(target, Recorded):
            if isinstance(target, np.ndarray):
                self._foreign[id(target)] = (target, node)
            return
        buffer = self._buffer_of(target)
        array, written = target, node
        touched = [(target, node)]
        while array._parent is not None:
            parent = array._parent
            base = parent._node
            if base is None or array._view is None:
                break
            written = self.push("scatter", scatter, (Ref(base), Ref(written), array._view), {}, raw(parent))
            self.tape.nodes[written].write = True
            touched.append((parent, written))
            array = parent
        buffer.version += 1
        for part, number in touched:
            part._node, part._version = number, buffer.version


__all__ = ["MUTATORS", "Budget", "Recorder", "Stop", "operator_getitem", "positions"]
