"""Plots as SVG text for the HTML report: cost, outputs, agreement of the gradient. Needs matplotlib."""

from __future__ import annotations

import io
import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from annprobe.findings import Curve, Diagnosis, GradientRow
from annprobe.report.words import printable

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#f0e442")  # Okabe and Ito
_MOST_CURVES = 8
_MOST_PARAMETERS = 40
_FLOOR = 1e-17  # an error of exactly 0 still needs a place on a logarithmic axis


@dataclass(frozen=True, slots=True)
class Plot:
    """A heading, what can be seen in words, and the drawing as an ``<svg>`` element."""

    title: str
    description: str
    svg: str


def plots(diagnosis: Diagnosis) -> list[Plot]:
    """The plots there are data for."""
    costs = [curve for curve in diagnosis.curves if "cost" in curve.name.lower()]
    others = [curve for curve in diagnosis.curves if curve not in costs]
    rows = [row for row in diagnosis.gradient if _shown_error(row) is not None][:_MOST_PARAMETERS]
    made = []
    if any(map(_drawable, costs)):
        made.append(_plot("Cost over the training steps", _ends(costs), lambda axes: _curves(axes, costs, "cost")))
    if any(map(_drawable, others)):
        made.append(_plot("Outputs over the training steps", _ends(others), lambda axes: _curves(axes, others, "")))
    if rows:
        said = "; ".join(f"{row.parameter} {_error_words(row)}" for row in rows)
        made.append(_plot("Gradient: error of each parameter", said, lambda axes: _errors(axes, rows)))
    return made


def _shown_error(row: GradientRow) -> float | None:
    """The height of a parameter's bar: an error that was not seen is below what could have been seen."""
    if row.relative_error is None and row.agrees:
        return row.detection_limit
    return row.relative_error


def _error_words(row: GradientRow) -> str:
    return f"{row.relative_error:.1e}" if row.relative_error is not None else f"below {row.detection_limit:.0e}"


def _drawable(curve: Curve) -> bool:
    return sum(map(math.isfinite, curve.y)) > 1


def _ends(curves: Sequence[Curve]) -> str:
    return "; ".join(f"{curve.name} from {curve.y[0]:.4g} to {curve.y[-1]:.4g}" for curve in curves if curve.y)


def _plot(title: str, description: str, draw: Callable[[Axes], None]) -> Plot:
    # names come from the module: no $...$ is mathematics, and a sign the font lacks is no reason to warn
    with rc_context({"text.parse_math": False, "svg.hashsalt": title, "font.size": 9}), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure = Figure(figsize=(6.4, 3.0), layout="constrained")
        axes = figure.add_subplot()
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(alpha=0.25)
        draw(axes)
        handles, labels = axes.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2 if len(labels) > 3 else 3, frameon=False)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    svg = out.getvalue()
    return Plot(title, printable(description), svg[svg.index("<svg"):])


def _curves(axes: Axes, curves: Sequence[Curve], label: str) -> None:
    for colour, curve in zip(_COLOURS, curves[:_MOST_CURVES], strict=False):
        points = [(x, y) for x, y in zip(curve.x, curve.y, strict=False) if math.isfinite(x) and math.isfinite(y)]
        axes.plot([x for x, _ in points], [y for _, y in points], color=colour, label=printable(curve.name), lw=1.5,
                  marker="." if len(points) < 30 else None)
    axes.set_xlabel("step")
    axes.set_ylabel(label)


def _errors(axes: Axes, rows: Sequence[GradientRow]) -> None:
    names = [printable(row.parameter) for row in rows]
    errors = [_on_log_axis(_shown_error(row)) for row in rows]
    places = range(len(rows))
    for agrees, colour, label in ((True, _COLOURS[2], "agrees: at most this"), (False, _COLOURS[1], "differs"),
                                  (None, "#888888", "not decided")):
        chosen = [i for i in places if rows[i].agrees is agrees]
        if chosen:
            axes.bar(chosen, [errors[i] - _FLOOR for i in chosen], bottom=_FLOOR, color=colour, label=label,
                     hatch="//" if agrees is False else None, edgecolor="white", linewidth=0)
    limits = [(i, _on_log_axis(rows[i].detection_limit)) for i in places if rows[i].detection_limit is not None]
    if limits:
        axes.scatter([i for i, _ in limits], [y for _, y in limits], marker="_", s=200, color="black",
                     label="detection limit", zorder=3)
    axes.set_yscale("log")
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0e}"))
    axes.set_ylim(_FLOOR, max(10.0, *errors))
    axes.set_ylabel("relative error")
    axes.set_xticks(list(places), names, rotation=30 if len(rows) > 6 else 0, ha="right" if len(rows) > 6 else "center")


def _on_log_axis(value: float | None) -> float:
    return max(_FLOOR, min(value, 1e6)) if value is not None and not math.isnan(value) else _FLOOR
