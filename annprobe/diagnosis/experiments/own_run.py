"""The module's own training as a trace, and the symptoms that it shows: facts, not findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from annprobe.findings import Symptom
from annprobe.symptoms.reading import Reading
from annprobe.symptoms.registry import detect
from annprobe.symptoms.trace import Trace
from annprobe.training.anatomy import Anatomy
from annprobe.training.examples import examples_of
from annprobe.training.program import Program
from annprobe.training.results import Experiments
from annprobe.training.stack import Lane
from annprobe.training.trainer import Trainer

_MOST = 2_000_000  # numbers of one layer that are kept over all moments
_LEAST = 1e-12  # probabilities are taken no smaller, so that their logarithm stays finite
_FEW_MOMENTS = 4  # fewer make no trace


def symptoms_of(done: Experiments, anatomy: Anatomy | None) -> tuple[Symptom, ...]:
    """What the detectors see in the training as it is, the strongest first."""
    return symptoms_in(trace_of(done, anatomy))


def symptoms_in(trace: Trace | None) -> tuple[Symptom, ...]:
    """What the detectors see in a trace; nothing in none."""
    return tuple(map(_symptom, detect(trace))) if trace is not None else ()


def _symptom(reading: Reading) -> Symptom:
    facts = (f"{name} {value if isinstance(value, str) else f'{value:.4g}'}" for name, value in reading.evidence)
    return Symptom(reading.id, float(reading.strength or 0.0), " · ".join(facts))


def trace_of(done: Experiments, anatomy: Anatomy | None) -> Trace | None:
    """The training from the module's own start; None where too few moments of it are known.

    Costs are the catalogue's cost that the gradient was judged by, on the same examples at every moment.
    """
    trainer, path = done.trainer, done.own.path
    targets = trainer.judge().targets
    if len(path) < _FEW_MOMENTS or not trainer.judge().learnable:
        return None
    kept = _thinned(len(path), max(targets.size, _widest(trainer, anatomy) * len(targets)))
    points = [path[i] for i in kept]
    outputs = _outputs(trainer, path)
    constant = np.broadcast_to(targets.mean(axis=0), targets.shape)
    examples = examples_of(trainer)
    known = anatomy is not None and examples is not None
    return Trace(
        iterations=np.array(done.own.steps[: len(path)], dtype=float),
        cost=np.array([_cost(trainer.loss, table, targets) for table in outputs]),
        constant_cost=np.asarray(_cost(trainer.loss, constant[None][0], targets)),
        moments=np.array([done.own.steps[i] for i in kept], dtype=float),
        X=examples[0] if examples is not None else None,
        Y=targets,
        outputs=outputs[kept],
        **(_layers(trainer, anatomy, points) if known and anatomy is not None else {}),
    )


def _thinned(count: int, size: int) -> list[int]:
    """The moments that are kept, the first and the last included."""
    most = int(np.clip(_MOST // max(size, 1), 3, count))
    return [int(i) for i in np.unique(np.linspace(0, count - 1, most).round())]


def _widest(trainer: Trainer, anatomy: Anatomy | None) -> int:
    return max(anatomy.widths) if anatomy is not None else 1


def _outputs(trainer: Trainer, path: Sequence[Mapping[int, Any]]) -> Any:
    """(moments, examples, units)."""
    variant = trainer.bench.plain()
    program: Program = variant.forward
    sees = [np.stack([np.asarray(point[n]) for point in path]) for n in variant.sees]
    with np.errstate(all="ignore"):
        tables = [
            trainer.layout.table(program(sees, trainer.data.values(row, program.inputs))) for row in trainer.evaluated
        ]
    return np.concatenate(tables, axis=1)


def _cost(loss: str | None, outputs: Any, targets: Any) -> float:
    """Mean over the examples."""
    with np.errstate(all="ignore"):
        if loss == "absolute error":
            each = np.abs(outputs - targets)
        elif loss in ("cross-entropy", "binary cross-entropy"):
            p = np.clip(outputs, _LEAST, 1.0)
            each = -targets * np.log(p)
            if loss == "binary cross-entropy":
                each = each - (1.0 - targets) * np.log(np.clip(1.0 - outputs, _LEAST, 1.0))
        else:
            each = np.square(outputs - targets)
        return float(each.sum(axis=-1).mean())


def _layers(trainer: Trainer, anatomy: Anatomy, points: Sequence[Mapping[int, Any]]) -> dict[str, Any]:
    """z, a, W, U and G of every layer at the moments."""
    layers = anatomy.layers
    tables = anatomy.tables(points, [n for layer in layers for n in (layer.z, layer.a)])
    after = _stepped(trainer, points)
    W = tuple(np.stack([layer.matrix(point) for point in points]) for layer in layers)
    U = tuple(np.stack([layer.matrix(point) for point in after]) - w for layer, w in zip(layers, W, strict=True))
    rate = _plain_rate(trainer)
    if not anatomy.biased:
        W, U = (tuple(m[..., 1:] for m in matrices) for matrices in (W, U))
    return {
        "z": tuple(tables[::2]),
        "a": tuple(tables[1::2]),
        "W": W,
        "U": U,
        "G": tuple(-u / rate for u in U) if rate is not None else None,
        "activations": tuple(layer.activation for layer in layers),
        "learning_rate": rate,
        "biased": anatomy.biased,
    }


def _stepped(trainer: Trainer, points: Sequence[Mapping[int, Any]]) -> list[dict[int, Any]]:
    """What one further step makes of every moment: the moments train side by side."""
    lanes = [Lane(start=point, watched=True) for point in points]
    traces = trainer.train(trainer.bench.plain(), lanes, 1, 60.0)
    return [trace.path[-1] for trace in traces]


def _plain_rate(trainer: Trainer) -> float | None:
    """The rate of plain descent; None with an optimiser that has a state, or where parameters have different rates."""
    if set(trainer.loop.carried) != {p.read for p in trainer.loop.parameters}:
        return None
    chains = {p.chain for p in trainer.loop.parameters}
    rates = {abs(r.value) for i, r in enumerate(trainer.found.rates) if r is not None and i in chains}
    return rates.pop() if len(rates) == 1 and 0.0 not in rates else None
