"""The one value that every door shows: a :class:`Diagnosis`, made of plain frozen data.

Facts only: text is made from it in ``annprobe.report``. ``to_json`` and ``from_json`` are inverse to each other.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["cause", "contributing", "untested", "harmless"]
Trust = Literal["verified", "measured", "plausible"]
Verdict = Literal["clean", "faulty", "undetermined", "unusable"]
CheckStatus = Literal["pass", "fail", "skip", "error"]
LineStatus = Literal["right", "wrong", "unexplained", "follows"]

SCHEMA = "annprobe.diagnosis/1"

# code -> family. A code is stable for ever and never used again for something else; its first digit is the group.
CODES: dict[str, str] = {
    "AP101": "data-scaling",
    "AP102": "targets",
    "AP103": "labels",
    "AP201": "forward",
    "AP202": "softmax-axis",
    "AP203": "capacity",
    "AP301": "layer-index",
    "AP302": "transpose",
    "AP303": "bias",
    "AP304": "activation-derivative",
    "AP305": "loss-derivative",
    "AP306": "scale",
    "AP307": "sign",
    "AP308": "delta-order",
    "AP309": "state",
    "AP310": "dtype",
    "AP401": "learning-rate",
    "AP402": "training-length",
    "AP403": "initialisation",
    "AP404": "update",
    "AP501": "checker",
    "AP502": "metric",
    "AP601": "numerics",
    "AP901": "unknown",
    "AP902": "unused-ignore",
}
FAMILIES: dict[str, str] = {family: code for code, family in CODES.items()}


@dataclass(frozen=True, slots=True)
class Place:
    """A span of the user's source. Lines count from 1, columns (in characters) from 0; ``end_column`` is exclusive."""

    file: str
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0
    text: str = ""  # the source line(s), as written


@dataclass(frozen=True, slots=True)
class Evidence:
    """One named number or fact; ``unit`` is '' for pure numbers."""

    name: str
    value: float | int | str | bool
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Patch:
    """An edit as a unified diff and what was established about it."""

    diff: str
    grade: Literal["verified", "plausible", "shown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause established for a subject; the fields are those of the report."""

    code: str
    family: str
    message: str  # one clause, true when shown alone, in the user's own names
    places: tuple[Place, ...] = ()
    computes: str | None = None
    should_compute: str | None = None
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None  # the only field that may tell the reader what to do
    role: Role = "untested"
    trust: Trust = "measured"
    patch: Patch | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter array of the subject, under the user's own name."""

    name: str
    shape: tuple[int, ...]
    role: str = "parameter"  # parameter | frozen | optimiser state


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost that the gradient was judged against."""

    form: str  # e.g. "squared error", "cross-entropy", or the source of the user's expression
    reduction: str | None = None  # "sum" | "mean" | None
    assumed: bool = False  # True when the module computes no cost and this one fits its gradient best


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """What was found in the module."""

    path: str
    entry: tuple[str, ...] = ()
    style: str | None = None  # class | functions | layers | flat | script
    architecture: tuple[int, ...] | None = None
    activations: tuple[str, ...] | None = None
    cost: Cost | None = None
    parameters: tuple[Parameter, ...] = ()
    usage: str | None = None  # how it was run, in words a user can repeat
    notes: tuple[str, ...] = ()  # stand-ins used, conversions made


@dataclass(frozen=True, slots=True)
class Check:
    """One rung of the ladder, or one single check."""

    id: str
    rung: str
    status: CheckStatus
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class GradientRow:
    """The verdict on one parameter's gradient."""

    parameter: str
    agrees: bool | None
    relative_error: float | None = None
    detection_limit: float | None = None
    pattern: str | None = None  # "equal", "1/N", "sign", ... when the ratio has a name
    line: int | None = None
    points: int = 0  # at how many points, the module's own among them, it was compared


@dataclass(frozen=True, slots=True)
class Symptom:
    """What a training run shows, with a strength in [0, 1]."""

    id: str
    strength: float
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Experiment:
    """One change, and what training did with it."""

    change: str
    cured: bool | None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class ListingLine:
    """One line of the annotated source in one loop pass."""

    line: int
    name: str  # the variable the line makes
    quantity: str | None  # what it holds, in mathematics
    status: LineStatus
    occurrence: int = 0  # which pass through the line within one training step
    needs: str | None = None  # what a wrong line should hold
    computes: str | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """A recorded series for plots and sparklines, e.g. cost over steps."""

    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CounterExample:
    """The smallest network found on which the user's gradient is wrong, with the simplest numbers.

    index        of the entry in the parameter
    user, true   both gradients of that entry, in the unit of the judged cost
    hand         the true value by hand, three lines
    script       lines that print both when they are pasted beside the module; None where there are none
    elsewhere    true when the module's own usage does not show the fault
    """

    architecture: tuple[int, ...]
    examples: int
    parameter: str
    index: tuple[int, ...]
    user: float
    true: float
    hand: tuple[str, ...] = ()
    script: str | None = None
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Ignored:
    """A finding that a comment ``# annprobe: ignore[CODE] reason`` in the module took out of the report."""

    code: str
    message: str
    line: int  # of the comment
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that was established about one subject."""

    annprobe: str
    subject: SubjectFacts
    verdict: Verdict
    message: str = ""  # for "undetermined" and "unusable": what happened and what to do next
    findings: tuple[Finding, ...] = ()
    checks: tuple[Check, ...] = ()
    gradient: tuple[GradientRow, ...] = ()
    symptoms: tuple[Symptom, ...] = ()
    experiments: tuple[Experiment, ...] = ()
    listing: tuple[ListingLine, ...] = ()
    curves: tuple[Curve, ...] = ()
    counterexample: CounterExample | None = None
    source: str = ""  # the module's text, for the annotated listing
    ignored: tuple[Ignored, ...] = ()
    adapter: str | None = None  # the filled-in adapter, when understanding failed or is unsure
    seed: int = 0
    effort: str = "normal"
    seconds: float = 0.0
    partial: bool = False  # stopped early: what is here holds, more may be missing
    schema: str = field(default=SCHEMA)

    def to_json(self) -> dict[str, Any]:
        """Plain data: dicts, lists, strings, numbers, None."""
        return typing.cast(dict[str, Any], _plain(dataclasses.asdict(self)))

    @staticmethod
    def from_json(data: dict[str, Any]) -> Diagnosis:
        """The inverse of :meth:`to_json`. Raises ``ValueError`` when the schema's name is another one."""
        if data.get("schema") != SCHEMA:
            raise ValueError(f"this is not a diagnosis of the form {SCHEMA}: schema is {data.get('schema')!r}")
        return typing.cast(Diagnosis, _build(Diagnosis, data))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _build(kind: Any, value: Any) -> Any:
    """Rebuild a value of the annotated type ``kind`` from plain data."""
    if dataclasses.is_dataclass(kind) and isinstance(value, dict):
        hints = typing.get_type_hints(kind)
        known = {f.name for f in dataclasses.fields(kind)}
        parts = {name: _build(hints[name], item) for name, item in value.items() if name in known}
        return typing.cast(Any, kind)(**parts)
    origin = typing.get_origin(kind)
    if origin is tuple and isinstance(value, list):
        return tuple(_build(typing.get_args(kind)[0], item) for item in value)
    if origin in (typing.Union, types.UnionType) and value is not None:
        for option in typing.get_args(kind):
            if option is not type(None) and (dataclasses.is_dataclass(option) or typing.get_origin(option) is tuple):
                return _build(option, value)
    return value
