"""From values to nodes and back: what the arguments of an operation refer to, and what its result hands on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from annprobe.tape.arrays import Recorded, RecordedMatrix
from annprobe.tape.journal import Journal
from annprobe.tape.lost import Lost
from annprobe.tape.memory import View, Window
from annprobe.tape.nodes import Objects, Ref
from annprobe.tape.outside import Outside
from annprobe.tape.plain import ARRAYS, NUMERIC, Number, Traced, TracedArray, is_recorded
from annprobe.tape.scalars import SCALARS, make_number
from annprobe.tape.views import Picked, scatter, view_between


def _no_function(value: Any) -> Any:
    raise AssertionError("a result that shares memory with an argument needs its function")


_BY_ADDRESS = {"as_strided", "view"}  # their arguments speak of bytes: how they look is read off the memory


class References(Journal):
    """A journal that knows which node every value is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lost = Lost(self.tape)
        self.outside = Outside(self)

    # --- from values to nodes ------------------------------------------------------------------------------------

    def push(
        self,
        op: str,
        fn: Callable[..., Any] | None,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        value: Any,
        kind: str = "op",
    ) -> int:
        """Append a node; returns its number. ``args`` may hold recorded values."""
        inputs: list[int] = []
        made = tuple([self.refs(item, inputs) for item in args])
        keywords = self.refs(kwargs, inputs) if kwargs else kwargs
        return self.append(op, fn, made, keywords, value, kind, tuple(inputs))

    def refs(self, value: Any, inputs: list[int]) -> Any:
        """The structure of arguments with all that is recorded replaced by references; those join ``inputs``."""
        kind = type(value)
        number = self._number_of(value, kind)
        if number is not None:
            inputs.append(number)
            return Ref(number)
        if kind is tuple:
            return tuple([self.refs(item, inputs) for item in value])
        if kind is list:
            return [self.refs(item, inputs) for item in value]
        if kind is dict:
            return {key: self.refs(item, inputs) for key, item in value.items()}
        if kind is slice:
            return slice(*[self.refs(item, inputs) for item in (value.start, value.stop, value.step)])
        if kind is np.ndarray and value.dtype == object and is_recorded(value):
            return Objects([self.refs(item, inputs) for item in value.flat], value.shape)
        return value

    def _number_of(self, value: Any, kind: type) -> int | None:
        """The node of one value, None for what is not on the tape."""
        if kind is Ref:
            return int(value.node)
        if issubclass(kind, TracedArray):
            return self.node_of(value)
        if issubclass(kind, Number):
            return self._node_of_number(value)
        if kind is float or kind is np.float64:
            return self._found(self.lost.number(value))
        if kind in ARRAYS:
            return self.outside.node(value) if value.dtype.kind in NUMERIC else None
        return None

    def _found(self, number: int | None) -> int | None:
        if number is not None:
            self.tape.reattached.append(number)
        return number

    def _node_of_number(self, number: Any) -> int:
        if number._tape is not self.tape:  # of another recording
            number._node = self.append("number", None, (), {}, number._raw, "leaf", ())
            number._tape = self.tape
        return int(number._node)

    def node_of(self, array: TracedArray) -> int:
        """The node that holds the array's present contents."""
        return self.current(self.window(array))

    def current(self, window: Window) -> int:
        """The node that holds what a window sees now."""
        if self.outside and self.outside.changed(window.array):
            window.buffer.version += 1
        if window.version == window.buffer.version:
            return window.node
        if window.parent is None or window.view is None:
            window.written(self.outside.node(window.array))
            return window.node
        op, fn, args, kwargs = window.view
        parent = self.current(window.parent)
        window.written(self.push(op, fn, (Ref(parent), *args), kwargs, window.array))
        return window.node

    def window(self, array: Any) -> Window:
        """The array's window; one that numpy, or another recording, made out of our sight gets one now."""
        try:
            window: Window = array._window
            if window.buffer.memory is self.memory:
                return window
        except AttributeError:
            pass
        plain = array._raw
        window = array._window = self._window_on(plain, self.outside.node(plain, "lost", "leaf"))
        return window

    # --- from nodes to values ------------------------------------------------------------------------------------

    def wrap(
        self,
        value: Any,
        node: int,
        op: str = "",
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
        fn: Callable[..., Any] = _no_function,
        item: int | None = None,
    ) -> Any:
        """The recorded value for a result; one that shares memory with an argument is tied to it.

        item  which of the several results of ``fn`` it is
        """
        if not isinstance(value, np.ndarray):
            made = SCALARS.get(type(value))
            return value if made is None else make_number(made, value, node, self.tape)
        buffer = self.memory.buffer(value)
        if buffer.root() is None and len(buffer.sharing) <= 1:
            return recorded(value, Window(value, buffer, node))
        for position, parent in enumerate(args if op not in _BY_ADDRESS else ()):
            if isinstance(parent, TracedArray) and self.window(parent).buffer is buffer:
                rest = self.refs((*args[:position], *args[position + 1 :]), [])
                look = fn if item is None and position == 0 else Picked(fn, item, position)
                view: View = (op, look, rest, self.refs(kwargs or {}, []))
                return recorded(value, Window(value, buffer, node, parent._window, view))
        return recorded(value, self._window_on(value, node))

    def _window_on(self, value: Any, node: int) -> Window:
        """A window on memory that others may look into."""
        buffer = self.memory.buffer(value)
        root = buffer.root()
        view = view_between(root.array, value) if root is not None else None
        return Window(value, buffer, node, root, view) if view is not None else Window(value, buffer, node)

    def scattered(self, base: int, part: int, view: View, value: Any) -> int:
        """A node for an array of which a view was written to."""
        number = self.push("scatter", scatter, (Ref(base), Ref(part), view), {}, value)
        self.tape[number].write = True
        return number

    def leaf(self, op: str, value: Any) -> Any:
        """A value that the module made from nothing."""
        if isinstance(value, (tuple, list)) and any(isinstance(item, np.ndarray) for item in value):
            leaves = [self.leaf(op, item) for item in value]
            return type(value)(*leaves) if hasattr(value, "_fields") else type(value)(leaves)
        if isinstance(value, Traced) or not is_numeric(value):
            return value
        return self.wrap(value, self.append(op, None, (), {}, value, "leaf", ()))

    def outsider(self, array: Any) -> Any:
        """The recorded array for a plain one of the module; both see the same memory."""
        return recorded(array, self._window_on(array, self.outside.node(array)))

    def tag(self, value: Any, name: str) -> Any:
        """Data that annprobe hands to the module, under a name."""
        array = self.leaf("data", np.array(value))
        self.tape.nodes[self.node_of(array)].tag = name
        return array


def recorded(value: Any, window: Window) -> Any:
    """The plain array as a recorded one."""
    array: Any = value.view(RecordedMatrix if isinstance(value, np.matrix) else Recorded)
    array._window = window
    return array


def is_numeric(value: Any) -> bool:
    """Whether a result goes on the tape."""
    kind = type(value)
    return value.dtype.kind in NUMERIC if kind in ARRAYS else kind in SCALARS
