"""Does the module do the same with and without the recording? A plain run of the same usage says.

Loops are cut where the recorded run cut them. What differs between two plain runs as well (times, addresses, numbers
of generators that nobody seeds) says nothing.
"""

from __future__ import annotations

import re
import time
import types
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from annprobe.subject.running.loops import LoopGuard
from annprobe.subject.running.outcome import Outcome
from annprobe.subject.running.printed import Printed
from annprobe.subject.usage import Usage
from annprobe.tape.plain import raw

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_RELATIVE = 1e-6  # numbers that agree so far differ by rounding: sums of other alignment, printed to many digits
_SHARE, _LEAST, _MOST = 0.5, 0.5, 2.0  # seconds of a plain run: of the recorded one's, and in any case
_DEEPEST = 4
_LATER = 1_000.0  # seconds by which the clock of the second plain run is ahead, and how much faster it goes


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Where a recorded run and a plain one part: what was printed in a line, an error, or a variable in the end."""

    kind: Literal["printed", "error", "variable"]
    recorded: str
    plain: str
    line: int | None = None
    name: str = ""


def disagreement(usage: Usage, recorded: Outcome, *, seed: int = 0) -> Disagreement | None:
    """The first difference between the recorded run of a usage and a plain one; None when they agree.

    seed  the one of the recorded run
    """
    first = _plain_run(usage, recorded, seed)
    if not any(_differences(recorded, first)):
        return None
    clock = _Clock()
    with clock:
        second = _plain_run(usage, recorded, seed)
    restless = {_where(number, found) for number, found in _numbered(first, second)}
    return next((f for n, f in _numbered(recorded, first) if _where(n, f) not in restless), None)


def _plain_run(usage: Usage, recorded: Outcome, seed: int) -> Outcome:
    seconds = min(max(recorded.seconds * _SHARE, _LEAST), _MOST)
    guard = LoopGuard(seconds, cuts=recorded.cuts, grace=0.0)
    return usage.run(None, seconds=seconds, guard=guard, seed=seed)


def _whole(outcome: Outcome) -> bool:
    """Whether a run came to its end, be it an error."""
    return outcome.ended in ("completed", "raised") and outcome.cut != "time"


def _differences(a: Outcome, b: Outcome) -> list[Disagreement]:
    return [found for _, found in _numbered(a, b)]


def _numbered(a: Outcome, b: Outcome) -> list[tuple[int, Disagreement]]:
    """All differences, with the number of what was printed."""
    found = [
        (i, Disagreement("printed", x.text, y.text, x.line))
        for i, (x, y) in enumerate(zip(a.printed, b.printed, strict=False))
        if not _reads_alike(x, y)
    ]
    if not (_whole(a) and _whole(b)):
        return found
    if a.message != b.message and not _same_text(a.message, b.message):
        return [*found, (-1, Disagreement("error", a.message, b.message, a.line or b.line))]
    if len(a.printed) != len(b.printed):
        longer = max(a.printed, b.printed, key=len)
        more = longer[min(len(a.printed), len(b.printed))]
        texts = ("", more.text) if longer is b.printed else (more.text, "")
        return [*found, (-2, Disagreement("printed", *texts, line=more.line))]
    return [*found, *((-3, item) for item in _variables(a.namespace, b.namespace))] if not a.error else found


def _where(number: int, found: Disagreement) -> tuple[int, str]:
    return number, found.name


def _reads_alike(a: Printed, b: Printed) -> bool:
    return a.line == b.line and _same_text(a.text, b.text)


def _same_text(a: str, b: str) -> bool:
    """The same words, and numbers that differ by rounding at most."""
    a, b = _ADDRESS.sub("0x", a), _ADDRESS.sub("0x", b)
    if a == b:
        return True
    if _NUMBER.sub("#", a).split() != _NUMBER.sub("#", b).split():
        return False
    return _close([float(n) for n in _NUMBER.findall(a)], [float(n) for n in _NUMBER.findall(b)])


def _variables(a: Mapping[str, Any], b: Mapping[str, Any]) -> list[Disagreement]:
    """Global variables of the module that hold other numbers in the end."""
    found = []
    for name in a.keys() & b.keys():
        if not name.startswith("__") and not _alike(raw(a[name]), raw(b[name]), set(), _DEEPEST):
            found.append(Disagreement("variable", _short(a[name]), _short(b[name]), name=name))
    return sorted(found, key=lambda item: item.name)


def _alike(a: Any, b: Any, seen: set[int], depth: int) -> bool:
    """The same numbers, in containers and in objects of the module; what is nothing of that is taken for equal."""
    a, b = raw(a), raw(b)
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) and a.dtype.kind in "fiub" and b.dtype.kind in "fiub":
        return a.shape == b.shape and a.dtype == b.dtype and _close(a, b)
    if _is_number(a) and _is_number(b):
        return _close(a, b)
    if not depth or id(a) in seen:
        return True
    seen.add(id(a))
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(_alike(x, y, seen, depth - 1) for x, y in zip(a, b, strict=True))
    inside = [vars(value) if _is_own(value) else value for value in (a, b)]
    if isinstance(inside[0], dict) and isinstance(inside[1], dict):
        left, right = inside
        return all(_alike(left[key], right[key], seen, depth - 1) for key in left.keys() & right.keys())
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


def _is_own(value: Any) -> bool:
    """An object of a class that was written in Python, and is no part of the language or of a library's machinery."""
    machinery = (type, types.ModuleType, types.FunctionType, np.ndarray)
    return hasattr(value, "__dict__") and not isinstance(value, machinery)


def _close(a: Any, b: Any) -> bool:
    x, y = np.asarray(a, float), np.asarray(b, float)
    with np.errstate(all="ignore"):
        finite = np.abs(x[np.isfinite(x)])
        scale = float(finite.max()) if finite.size else 0.0
        return x.shape == y.shape and bool(
            np.allclose(x, y, rtol=_RELATIVE, atol=_RELATIVE * min(scale, 1e-3), equal_nan=True)
        )


def _short(value: Any) -> str:
    text = " ".join(str(raw(value)).split())
    return text if len(text) <= 80 else text[:77] + "..."


class _Clock:
    """While it is on, the clocks of Python are ahead and fast, so that what depends on them comes out otherwise."""

    _NAMES = ("time", "perf_counter", "monotonic", "process_time")

    def __enter__(self) -> None:
        self._real = {name: getattr(time, name) for name in self._NAMES}
        for name in ("time", "perf_counter", "process_time"):
            setattr(time, name, _fast(self._real[name]))

    def __exit__(self, *exc: object) -> None:
        for name, function in self._real.items():
            setattr(time, name, function)


def _fast(function: Any) -> Any:
    start = function()
    return lambda: start + _LATER * (1.0 + function() - start)
