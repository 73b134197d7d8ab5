"""Recording: turns what the module does into nodes.

The rules of the house: run the operation on plain values first, so that results and errors are numpy's own; then push a
node; then hand back a recorded value. Before memory is overwritten, nodes that still share it get a copy of their value.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from annprobe.tape.arrays import (
    NUMBERS,
    NUMERIC,
    SCALARS,
    Active,
    Buffer,
    Recorded,
    RecordedMatrix,
    is_recorded,
    make_number,
    raw,
)
from annprobe.tape.nodes import Frame, Node, Ref, Tape


class Stop(BaseException):
    """Raised inside the user's code when the budget is spent: the normal end of a recording."""


@dataclass(frozen=True)
class Budget:
    """When to stop: number of nodes, seconds, bytes of recorded values."""

    nodes: int = 200_000
    seconds: float = 20.0
    bytes: int = 1 << 30


VIEWS = {
    "getitem", "reshape", "ravel", "transpose", "squeeze", "expand_dims", "swapaxes", "moveaxis", "rollaxis",
    "atleast_1d", "atleast_2d", "atleast_3d", "diagonal", "diag", "flip", "fliplr", "flipud", "rot90", "asarray",
    "asanyarray", "asmatrix", "split", "array_split", "hsplit", "vsplit", "broadcast_to", "sliding_window_view",
    "as_strided", "view", "ascontiguousarray", "asfortranarray", "real", "nan_to_num", "astype", "pick",
}  # operations whose result may share memory with their first argument

MUTATORS = {"copyto", "put", "place", "putmask", "fill_diagonal", "put_along_axis", "fill", "sort!", "resize!"}
_REATTACH_WINDOW = 3_000
_COPY_BELOW = 1 << 20
_FIRST_LOOK = 400


class Recorder:
    """Records one run of a module.

    files      absolute names of the files whose lines count as the user's
    budget     when to stop
    satisfied  called with the tape now and then; once it returns true, ``when_enough`` is called
    """

    def __init__(self, files: Collection[str], budget: Budget | None = None, *,
                 satisfied: Callable[[Tape], bool] | None = None,
                 when_enough: Callable[[], None] | None = None) -> None:
        from annprobe.tape.standins import make_builtins, make_modules

        self.files = set(files)
        self.budget = budget or Budget()
        self.tape = Tape()
        self.satisfied = satisfied
        self.when_enough = when_enough
        self.turns: Callable[[], tuple[tuple[int, int], ...]] | None = None  # the loop guard, if there is one
        self.enough = False
        self._next_look = _FIRST_LOOK
        self._bytes = 0
        self._site_numbers: dict[tuple[Frame, ...], int] = {}
        self._turn_numbers: dict[tuple[tuple[int, int], ...], int] = {}
        self._live: dict[int, list[int]] = {}  # id of a memory owner -> nodes whose value shares it
        self._foreign: dict[int, tuple[Any, int]] = {}  # id of a plain array -> (the array, its node)
        self._started = time.perf_counter()
        self.modules: dict[str, ModuleType] = make_modules(self)
        self.builtins: dict[str, Any] = make_builtins(self)

    def __enter__(self) -> Recorder:
        Active.recorder = self
        self._started = time.perf_counter()
        return self

    def __exit__(self, *exc: object) -> None:
        Active.recorder = None

    # --- pushing nodes -----------------------------------------------------------------------------------------

    def push(self, op: str, fn: Callable[..., Any] | None, args: tuple[Any, ...], kwargs: dict[str, Any], value: Any,
             kind: str = "op") -> int:
        """Append a node; returns its number. ``args`` may hold recorded values."""
        nodes = self.tape.nodes
        node = Node(op, fn, self.refs(args), self.refs(kwargs) if kwargs else kwargs, value, kind, self._site(),
                    self._turn())
        number = len(nodes)
        nodes.append(node)
        if isinstance(value, np.ndarray):
            self._share(value, number)
        self._spend(number)
        return number

    def _share(self, value: Any, number: int) -> None:
        owner = _owner(value)
        sharing = self._live.setdefault(id(owner), [])
        if not sharing:
            self._bytes += owner.nbytes
        sharing.append(number)

    def _spend(self, number: int) -> None:
        if number >= self.budget.nodes:
            self._stop(f"{self.budget.nodes} operations recorded")
        if self._bytes > self.budget.bytes:
            self._stop(f"{self._bytes >> 20} MiB recorded")
        if number % 256 == 0 and time.perf_counter() - self._started > self.budget.seconds:
            self._stop(f"{self.budget.seconds:g} s spent")
        if number >= self._next_look and not self.enough and self.satisfied is not None:
            self._look(number)

    def _look(self, number: int) -> None:
        self._next_look = int(number * 2.2) + 1
        Active.recorder = None
        try:
            self.enough = bool(self.satisfied and self.satisfied(self.tape))
        finally:
            Active.recorder = self
        if self.enough and self.when_enough is not None:
            self.when_enough()

    def _stop(self, why: str) -> None:
        self.tape.stopped = why
        Active.recorder = None
        raise Stop(why)

    def _site(self) -> int:
        frame: FrameType | None = sys._getframe(2)
        files = self.files
        stack: list[Frame] = []
        while frame is not None:
            if frame.f_code.co_filename in files:
                stack.append((frame.f_code, frame.f_lasti))
            frame = frame.f_back
        key = tuple(stack)
        number = self._site_numbers.get(key)
        if number is None:
            number = self._site_numbers[key] = len(self.tape.sites)
            self.tape.sites.append(key)
        return number

    def _turn(self) -> int:
        key = self.turns() if self.turns is not None else ()
        number = self._turn_numbers.get(key)
        if number is None:
            number = self._turn_numbers[key] = len(self.tape.turns)
            self.tape.turns.append(key)
        return number

    # --- from values to nodes and back ---------------------------------------------------------------------------

    def refs(self, value: Any) -> Any:
        """The structure of arguments with everything recorded replaced by references."""
        if isinstance(value, Recorded):
            return Ref(self.node_of(value))
        if isinstance(value, NUMBERS):
            return Ref(value._node)
        kind = type(value)
        if kind is np.ndarray or kind is np.matrix:
            return Ref(self._foreign_node(value)) if value.dtype.kind in NUMERIC else value
        if kind is tuple:
            return tuple([self.refs(item) for item in value])
        if kind is list:
            return [self.refs(item) for item in value]
        if kind is dict:
            return {key: self.refs(item) for key, item in value.items()}
        if kind is slice:
            return slice(self.refs(value.start), self.refs(value.stop), self.refs(value.step))
        return value

    def node_of(self, array: Recorded) -> int:
        """The node that holds the array's present contents."""
        buffer = array._buffer
        if array._node is None or buffer is None:
            return self._adopt(array)
        if array._version == buffer.version:
            return array._node
        if array._parent is None or array._view is None:
            return array._node
        op, fn, args, kwargs = array._view
        parent = self.node_of(array._parent)
        node = self.push(op, fn, (Ref(parent), *args), kwargs, raw(array))
        array._node, array._version = node, buffer.version
        return node

    def _adopt(self, array: Recorded) -> int:
        """An array that numpy made out of our sight: find it by its values, or take it as a leaf."""
        value = raw(array)
        found = self._find(value)
        node = self.push("lost", None, (), {}, value, "leaf") if found is None else found
        if found is not None:
            self.tape.reattached.append(found)
        array._node, array._buffer, array._version = node, Buffer(), 0
        return node

    def _find(self, value: Any) -> int | None:
        if value.size < 2:
            return None
        nodes = self.tape.nodes
        for number in range(len(nodes) - 1, max(-1, len(nodes) - _REATTACH_WINDOW), -1):
            other = nodes[number].value
            if isinstance(other, np.ndarray) and other.shape == value.shape and other.dtype == value.dtype \
                    and np.array_equal(other, value):
                return number
        return None

    def _foreign_node(self, value: Any) -> int:
        known = self._foreign.get(id(value))
        if known is not None and known[0] is value:
            return known[1]
        kept = value.copy() if value.nbytes < _COPY_BELOW else value  # its owner may change it out of our sight
        node = self.push("const", None, (), {}, kept, "const")
        self._foreign[id(value)] = (value, node)
        return node

    def wrap(self, value: Any, node: int, op: str = "", args: tuple[Any, ...] = (),
             kwargs: dict[str, Any] | None = None, fn: Callable[..., Any] | None = None) -> Any:
        """The recorded value for a result; views are tied to the array that they look into."""
        if isinstance(value, np.ndarray):
            array = value.view(RecordedMatrix if isinstance(value, np.matrix) else Recorded)
            array._node = node
            parent = args[0] if args and isinstance(args[0], Recorded) and op in VIEWS else None
            if parent is not None and np.may_share_memory(value, raw(parent)):
                buffer = self._buffer_of(parent)
                array._buffer, array._version, array._parent = buffer, buffer.version, parent
                array._view = (op, fn or (lambda x: x), self.refs(args[1:]), kwargs or {})
            else:
                array._buffer, array._version = Buffer(), 0
            return array
        made = SCALARS.get(type(value))
        return value if made is None else make_number(made, value, node)

    def _buffer_of(self, array: Recorded) -> Buffer:
        if array._buffer is None:
            self.node_of(array)
        assert array._buffer is not None
        return array._buffer

    # --- the operations ------------------------------------------------------------------------------------------

    def leaf(self, op: str, value: Any) -> Any:
        """A value that the module made from nothing."""
        if isinstance(value, (tuple, list)) and any(isinstance(item, np.ndarray) for item in value):
            return type(value)([self.leaf(op, item) for item in value])
        if not _numeric(value):
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
        return self.wrap(value, self.push("item", _item, (Ref(node),), {}, value))

    def ufunc(self, ufunc: np.ufunc, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """A ufunc call, reduction or outer product; with ``out=`` a write."""
        name = ufunc.__name__ if method == "__call__" else f"{ufunc.__name__}.{method}"
        if method == "at":
            return self._ufunc_at(ufunc, inputs)
        out = kwargs.pop("out", None)
        fn = ufunc if method == "__call__" else getattr(ufunc, method)
        if any(type(x) is np.ndarray and x.dtype == object for x in inputs):
            return _elementwise(fn, inputs, kwargs)
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

    def _function_out(self, name: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any],
                      out: Any) -> Any:
        if "out" not in kwargs:
            args = args[:2]
        kwargs = {key: item for key, item in kwargs.items() if key != "out"}
        ref_args, ref_kwargs = self.refs(args), self.refs(kwargs)
        self._before_write(out)
        fn(*raw(args), **raw(kwargs), out=raw(out))
        self._after_write(out, name, fn, ref_args, ref_kwargs)
        return out

    def _result(self, name: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any],
                value: Any) -> Any:
        if isinstance(value, (tuple, list)):
            return self._several(name, fn, args, kwargs, value)
        if not _numeric(value):
            return value
        node = self.push(name, fn, args, kwargs, value)
        return self.wrap(value, node, name, args, kwargs, fn)

    def _several(self, name: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any],
                 values: Any) -> Any:
        """Each entry of a tuple or list of results becomes a node of its own."""
        if not any(_numeric(item) and isinstance(item, np.ndarray) for item in values):
            return values
        whole = self.push(name, fn, args, kwargs, tuple(values))
        return [self._pick(whole, i, item) for i, item in enumerate(values)] if isinstance(values, list) else tuple(
            self._pick(whole, i, item) for i, item in enumerate(values))

    def _pick(self, whole: int, i: int, item: Any) -> Any:
        if not _numeric(item):
            return item
        return self.wrap(item, self.push("pick", _pick, (Ref(whole), i), {}, item))

    def getitem(self, array: Recorded, index: Any) -> Any:
        """``array[index]``"""
        value = raw(array)[raw(index)]
        if not _numeric(value):
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
        owner = _owner(raw(target))
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
        for item, number in touched:
            item._node, item._version = number, buffer.version


def _numeric(value: Any) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in NUMERIC
    return type(value) in SCALARS


def _elementwise(fn: Callable[..., Any], inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A ufunc over an array of objects: each entry is a recorded array of its own."""
    boxed = []
    for value in inputs:
        if isinstance(value, np.ndarray) and value.dtype == object:
            boxed.append(value)
        else:
            box = np.empty((), dtype=object)
            box[()] = value
            boxed.append(box)
    return np.frompyfunc(lambda *values: fn(*values, **kwargs), len(boxed), 1)(*boxed)


def _owner(array: Any) -> Any:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def operator_getitem(array: Any, index: Any) -> Any:
    """``array[index]``"""
    return array[index]


def _item(value: Any) -> Any:
    return value.item() if isinstance(value, (np.ndarray, np.generic)) else float(value)


def _pick(values: Any, i: int) -> Any:
    return values[i]


def assign(array: Any, index: Any, value: Any) -> Any:
    """A copy of the array with ``copy[index] = value``."""
    result = np.array(array, copy=True)
    result[index] = value
    return result


def positions(shape: tuple[int, ...], view: tuple[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]]) -> Any:
    """Flat positions in an array of ``shape`` that a view looks at."""
    _, fn, args, kwargs = view
    return fn(np.arange(math.prod(shape)).reshape(shape), *args, **kwargs)


def scatter(base: Any, part: Any, view: Any) -> Any:
    """A copy of ``base`` with what the view looks at replaced by ``part``."""
    result = np.array(base, copy=True)
    result.reshape(-1)[positions(result.shape, view)] = part
    return result


def recorded_items(values: Iterable[Any]) -> bool:
    """Whether any of the values is on the tape."""
    return any(is_recorded(value) for value in values)
