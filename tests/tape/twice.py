"""Runs a program twice, on plain numpy and on the tape, and makes both comparable bit for bit."""

from __future__ import annotations

import ast
import builtins
import math
import random
import warnings
from dataclasses import dataclass, field
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from annprobe.tape import Budget, Recorder, Stop, Tape
from annprobe.tape.instrument import instrument
from annprobe.tape.nodes import substitute
from annprobe.tape.recall import evaluate

FILE = "<program>"


@dataclass
class Ran:
    """What a program left behind: its variables, what it printed, the error that it raised."""

    variables: dict[str, Any]
    printed: list[str]
    error: tuple[str, str] | None


@dataclass
class Recording:
    """A recorded run; ``mirror`` has a copy of every value at the moment when its node was appended."""

    ran: Ran
    recorder: Recorder
    mirror: list[Any] = field(default_factory=list)

    @property
    def tape(self) -> Tape:
        return self.recorder.tape


def run_plain(text: str) -> Ran:
    """The program as its author would run it."""
    import scipy.special

    names = {"np": np, "math": math, "random": random, "special": scipy.special}
    return _run(compile(text, FILE, "exec"), names, {})


def run_recorded(text: str, budget: Budget | None = None) -> Recording:
    """The program on the tape."""
    recorder = Recorder({FILE}, budget or Budget(nodes=50_000, seconds=120.0))
    mirror: list[Any] = []
    append = recorder.append

    def mirrored(op: str, fn: Any, args: Any, kwargs: Any, value: Any, kind: str, inputs: Any) -> int:
        mirror.append(copied(value))
        return append(op, fn, args, kwargs, value, kind, inputs)

    recorder.append = mirrored  # type: ignore[method-assign]
    code = compile(instrument(ast.parse(text)), FILE, "exec")
    names = {
        "np": recorder.modules["numpy"],
        "math": recorder.modules["math"],
        "random": recorder.modules["random"],
        "special": recorder.modules["scipy.special"],
    }
    with recorder:
        ran = _run(code, names, recorder.builtins)
    return Recording(ran, recorder, mirror)


def _run(code: Any, names: dict[str, Any], more: dict[str, Any]) -> Ran:
    printed: list[str] = []
    scope: dict[str, Any] = {**names, "__name__": "program"}
    scope["__builtins__"] = {
        **vars(builtins),
        **more,
        "print": lambda *values: printed.append(" ".join(map(str, values))),
    }
    np.random.seed(5)
    random.seed(5)
    error = None
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            exec(code, scope)
        except (Exception, Stop) as raised:
            error = (type(raised).__name__, str(raised))
    variables = {
        name: value
        for name, value in scope.items()
        if name not in names and not name.startswith("__") and not isinstance(value, (ModuleType, FunctionType, type))
    }
    return Ran(variables, printed, error)


def seen(value: Any) -> Any:
    """All that a program can see of a value, comparable with ``==``."""
    kind = value.__class__.__name__
    if isinstance(value, np.ndarray) and value.dtype == object:
        return kind, "object", value.shape, [seen(item) for item in value.flat]
    if isinstance(value, np.ndarray):
        plain = np.array(value, copy=True, subok=False)
        return kind, str(value.dtype), value.shape, plain.tobytes(), repr(value), str(value)
    if isinstance(value, (np.generic, float, int)) and not isinstance(value, bool):
        return kind, np.asarray(value).dtype.str, np.asarray(value).tobytes(), repr(value), str(value), hash(value)
    if isinstance(value, (list, tuple)):
        return kind, [seen(item) for item in value]
    if isinstance(value, dict):
        return kind, [(seen(key), seen(item)) for key, item in value.items()]
    if isinstance(value, (set, frozenset)):
        return kind, sorted(map(repr, value))
    return kind, repr(value) if isinstance(value, (str, bytes, bool, type(None), complex, slice, range)) else ""


def copied(value: Any) -> Any:
    """The value as it is at this moment."""
    if isinstance(value, tuple):
        return tuple(copied(item) for item in value)
    return value.copy() if isinstance(value, np.ndarray) else value


def same(a: Any, b: Any) -> bool:
    """Whether two plain values are equal bit for bit, NaN included."""
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    x, y = np.asarray(a), np.asarray(b)
    return (
        type(a) is type(b) and x.dtype == y.dtype and x.shape == y.shape and bool(np.array_equal(x, y, equal_nan=True))
    )


def wrong_on_tape(recording: Recording) -> list[str]:
    """Nodes whose value is not what the module had at that moment."""
    return [
        f"{i} {node!r}: {node.value!r}, was {recording.mirror[i]!r}"
        for i, node in enumerate(recording.tape.nodes)
        if not same(node.value, recording.mirror[i])
    ]


def wrong_in_replay(tape: Tape) -> list[str]:
    """Nodes that come out otherwise when everything is computed again from the leaves."""
    values: list[Any] = []
    wrong = []
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for i, node in enumerate(tape.nodes):
            value = evaluate(
                node, substitute(node.args, values.__getitem__), substitute(node.kwargs, values.__getitem__)
            )
            if not same(value, node.value):
                wrong.append(f"{i} {node!r}: {value!r}, recorded {node.value!r}")
            values.append(value)
    return wrong
