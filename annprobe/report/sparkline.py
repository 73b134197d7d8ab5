"""A curve in one line of text."""

from __future__ import annotations

import math
from collections.abc import Sequence

from wcwidth import wcswidth

from annprobe.findings import Curve
from annprobe.report.words import number, printable

_BARS = "▁▂▃▄▅▆▇█"


def sparkline(values: tuple[float, ...], *, width: int = 40) -> str:
    """``values`` as bars between their smallest and largest; ``×`` where a value is not finite, '' when empty."""
    chosen = _thinned(values, width)
    finite = [value for value in chosen if math.isfinite(value)]
    low, high = (min(finite), max(finite)) if finite else (0.0, 0.0)
    return "".join(_bar(value, low, high) for value in chosen)


def _thinned(values: tuple[float, ...], width: int) -> list[float]:
    if len(values) <= width:
        return list(values)
    return [values[round(i * (len(values) - 1) / (width - 1))] for i in range(width)]


def _bar(value: float, low: float, high: float) -> str:
    if not math.isfinite(value):
        return "×"
    height = (value / 2 - low / 2) / (high / 2 - low / 2) if high > low else 0.0  # halves: no overflow
    return _BARS[min(int(height * len(_BARS)), len(_BARS) - 1)]


def curve_lines(curves: Sequence[Curve], *, most: int = 5) -> list[str]:
    """The first curves that are not empty, one below the other."""
    shown = [curve for curve in curves[:most] if curve.y]
    names = [printable(curve.name) for curve in shown]
    widest = max(map(wcswidth, names), default=0)
    return [name + " " * max(0, widest - wcswidth(name)) + curve_words(curve)
            for name, curve in zip(names, shown, strict=True)]


def curve_words(curve: Curve) -> str:
    """`` ██▆▃▁ 0.51 → 0.5 over 10000 steps``."""
    span = f" over {number(curve.x[-1] - curve.x[0])} steps" if len(curve.x) > 1 else ""
    first, last = number(float(curve.y[0])), number(float(curve.y[-1]))
    return f" {sparkline(curve.y)} {first} → {last}{span}"
