"""The curves of a diagnosis: the cost and the outputs of the module's own training, replayed."""

from __future__ import annotations

from collections.abc import Iterator

from annprobe.findings import Curve
from annprobe.symptoms.trace import Array, Trace
from annprobe.training.results import Experiments

_MOST_OUTPUTS = 8


def curves_of(done: Experiments, trace: Trace | None) -> tuple[Curve, ...]:
    """The cost, then the outputs of the first examples; nothing where the training left the finite numbers."""
    if not done.own.finite or len(done.own.steps) < 2:
        return ()
    return _cost(done, trace), *(_outputs(trace) if trace is not None else ())


def _cost(done: Experiments, trace: Trace | None) -> Curve:
    if trace is not None and trace.iterations is not None and trace.cost is not None:
        name = f"cost ({done.trainer.loss or 'squared error'}, mean over the examples)"
        return _curve(name, trace.iterations, trace.cost)
    steps = tuple(map(float, done.own.steps))
    return Curve("cost (squared error; the best constant answer has 1)", steps, tuple(done.own.left))


def _outputs(trace: Trace) -> Iterator[Curve]:
    """One curve an example and output unit, in the order of the examples."""
    if trace.moments is None or trace.outputs is None or trace.Y is None:
        return
    _, examples, units = trace.outputs.shape
    for place in range(min(examples * units, _MOST_OUTPUTS)):
        example, unit = divmod(place, units)
        name = "output" + f" {unit + 1}" * (units > 1)
        target = float(trace.Y[example, unit])
        yield _curve(f"{name}, example {example + 1}: target {target:.4g}", trace.moments,
                     trace.outputs[:, example, unit])


def _curve(name: str, x: Array, y: Array) -> Curve:
    return Curve(name, tuple(map(float, x)), tuple(map(float, y)))
