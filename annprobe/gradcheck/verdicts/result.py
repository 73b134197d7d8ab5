"""What a gradient check established: plain frozen data, no text beyond names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Verdict = Literal[
    "right",  # agrees within rounding wherever it was tested
    "nearly right",  # differs by less than 1e-4 and in no pattern: an epsilon in a log, a clip that only the cost has
    "right elsewhere",  # disagrees at the given point only, where the cost is at a kink or saturated
    "wrong",
    "undecided",  # noise, infinities or the cost itself leave nothing to judge by; the notes say which
]
Method = Literal["complex step", "continued complex step", "extrapolated differences"]
NoteKind = Literal[
    "randomness",  # the cost draws random numbers; the generator's state was restored before every call
    "state",  # the cost or gradient changes something it reads; restored before every call
    "changes parameters",  # the cost or gradient writes into the parameters it was given
    "changes data",
    "noise",  # two calls at the same point differ although everything was restored; value: spread
    "coarse",  # the cost changes in steps, as a rounded number does; value: about their size
    "kink",  # one-sided derivatives differ at the given point; value: their difference, relative
    "saturated",  # the gradient at the given point is lost in rounding
    "only here",  # wrong at the given point, right at a better conditioned one, and no kink or rounding explains it
    "upcast",  # integer or low-precision parameters were raised to float64; detail: their dtype
    "low precision",  # results come back in a dtype narrower than float64; value: its machine epsilon
    "not finite",  # detail: which of cost and gradient
    "no dependence",  # the cost does not react to the parameters
    "gradient order",  # the gradient's arrays come in another order than the parameters
    "gradient transposed",  # detail: the parameter
    "same everywhere",  # the gradient does not change when the parameters do
    "is the parameters",  # the "gradient" is the parameters themselves
    "factor varies",  # one constant over all weights, but another one at another point
    "batch",  # right for one example and wrong for more, or the reverse; detail says which
    "one example",  # detail: a parameter off by one factor a row or column where there is one example only
    "no complex step",  # detail: why
    "one point",  # a gradient given as numbers could be judged at one point only
]


@dataclass(frozen=True, slots=True)
class Note:
    """A fact about the check or the functions."""

    kind: NoteKind
    detail: str = ""
    value: float | None = None


class PointCheck(NamedTuple):
    """One comparison of the user's gradient with the derivative of the user's cost along one random direction v.

    point        ``own`` (the parameters given), ``beside`` (off a kink), ``healthy`` (shrunk and jittered), ``tame``
                 (shrunk further)
    examples     rows of data used; None when the data are inside the functions
    cost         C there
    derivative   v·∇C, and ``claimed``: v·gradient, both in cost units
    tolerance    what rounding and the method's error may explain of their difference
    kink         |C'(v) + C'(−v)| over the larger of the two, 0 where the cost is smooth; None if not looked at
    """

    point: str
    examples: int | None
    cost: float
    derivative: float
    claimed: float
    tolerance: float
    method: Method
    kink: float | None = None

    @property
    def discrepancy(self) -> float:
        """|derivative − claimed|."""
        return abs(self.derivative - self.claimed)

    @property
    def agrees(self) -> bool:
        """Whether the discrepancy is explained."""
        return self.discrepancy <= self.tolerance


@dataclass(frozen=True, slots=True)
class Entry:
    """One wrong entry: its index within the parameter, and both values at the point ``GradientCheck.point``."""

    index: tuple[int, ...]
    user: float
    true: float

    @property
    def ratio(self) -> float | None:
        """user / true."""
        return self.user / self.true if self.true else None


class ParameterCheck(NamedTuple):
    """The verdict on the gradient of one parameter array.

    agrees           None when it could not be judged
    pattern          how it differs: ``1/N``, ``zero``, ``transposed``, ``one entry``, ...; ``equal`` if it agrees
    factor           c in user = c · true, where one constant describes it (or its wrong part)
    names            all names of that constant
    lines            (axis, index) of rows or columns that hold all wrong entries
    entries          wrong entries with both values, at most a few
    relative_error   |user − true| over |true| of the wrong part, estimated from the probes
    detection_limit  relative error that would have been seen in a typical entry of this array
    signature        ``.`` equal, ``k`` scaled, ``-`` negated, ``0`` zero, ``x`` otherwise wrong, ``?`` not judged; two
                     characters, biases and weights, for a matrix that holds biases, once anything is wrong
    """

    name: str
    shape: tuple[int, ...]
    agrees: bool | None
    pattern: str
    factor: float | None = None
    names: tuple[str, ...] = ()
    lines: tuple[tuple[int, int], ...] = ()
    entries: tuple[Entry, ...] = ()
    relative_error: float | None = None
    detection_limit: float | None = None
    signature: str = "."


class GradientCheck(NamedTuple):
    """The outcome of :func:`annprobe.check_gradients`.

    pattern          one word for the whole gradient where one holds (``1/N``, ``transposed``, ``zero``, ...), else None
    signature        the parameters' signatures, in order
    point            where entries' values hold
    detection_limit  (typical, 95 %): relative error in one entry that would have been seen
    costs, gradients numbers of calls
    """

    verdict: Verdict
    parameters: tuple[ParameterCheck, ...]
    points: tuple[PointCheck, ...]
    notes: tuple[Note, ...] = ()
    pattern: str | None = None
    factor: float | None = None
    names: tuple[str, ...] = ()
    signature: str = ""
    point: str = "own"
    method: Method = "complex step"
    detection_limit: tuple[float, float] = (0.0, 0.0)
    costs: int = 0
    gradients: int = 0
    seed: int = 0

    @property
    def agrees(self) -> bool:
        """Whether nothing speaks against the gradient: right, nearly so, or off only where nothing can be right."""
        return self.verdict in ("right", "nearly right", "right elsewhere")

    @property
    def wrong(self) -> tuple[ParameterCheck, ...]:
        """The parameters whose gradients are wrong."""
        return tuple(p for p in self.parameters if p.agrees is False)
