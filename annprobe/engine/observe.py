"""Everything that a table of steps does to one network, as plain arrays: two tables that do the same are the same.

Used to find out where a mutant differs from the reference, and that no two mutants are one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from annprobe.engine.architecture import Architecture
from annprobe.engine.audit import falsified, probe
from annprobe.engine.layout import Array
from annprobe.engine.network import Network, same
from annprobe.engine.passes import Pass
from annprobe.engine.setup import Setup
from annprobe.engine.stacks import FAULTS
from annprobe.engine.steps import REFERENCE, Steps, backward, evaluate, forward, run
from annprobe.engine.training import Run, train

EPOCHS = 2  # of training, but at least so many ...
ITERATIONS = 3  # ... iterations

# Which group of observations a step can change.
GROUPS: dict[str, tuple[str, ...]] = {
    "settings": ("settings",),
    "data": ("prepare",),
    "start": ("initialise",),
    "batches": ("batch",),
    "decisions": ("predict",),
    "records": ("monitor", "keep_best"),
    "checker": ("check_point", "analytic_gradient", "numerical_gradient", "agree"),
}
GROUP_OF = {step: group for group, steps in GROUPS.items() for step in steps}


@dataclass(frozen=True, eq=False)
class Observation:
    """Named values, or the error that came instead of them."""

    values: dict[str, list[Array]]
    fault: str | None = None

    def differences(self, other: Observation, tolerance: float = 1e-9) -> tuple[str, ...]:
        """Names of what differs; ``fault`` when one of them failed."""
        if (self.fault is None) != (other.fault is None):
            return ("fault",)
        mine, theirs = self.values, other.values
        names = dict.fromkeys([*mine, *theirs])
        return tuple(name for name in names if not same(mine.get(name, []), theirs.get(name, []), tolerance))


def group(steps: Steps) -> str:
    """The group of observations that can show the difference to the reference."""
    groups = {GROUP_OF.get(step, "pass") for step in steps.differences(REFERENCE)}
    return groups.pop() if len(groups) == 1 else "pass"


def observe(steps: Steps, n: Network, what: str) -> Observation:
    """Run one group of observations on a network."""
    try:
        with np.errstate(all="ignore"):
            return Observation(OBSERVERS[what](steps, n))
    except FAULTS as error:
        return Observation({}, f"{type(error).__name__}: {error}")


def _pass(steps: Steps, n: Network) -> dict[str, list[Array]]:
    """Two passes over the same buffers, then training."""
    p = Pass(n.architecture, n.W, n.X, n.Y, steps)
    values: dict[str, list[Array]] = {}
    for again in ("", " at the second call"):
        forward(p)
        run(p, "cost")
        backward(p)
        values[f"outputs{again}"] = [p.a[p.L].copy()]
        values[f"cost{again}"] = [p.C.copy()]
        for layer in range(p.L, 0, -1):
            values[f"delta[{layer}]{again}"] = [p.delta[layer].copy()]
            values[f"gradient[{layer}]{again}"] = [p.G[layer].copy()]
    values["inputs afterwards"] = [p.X.copy()]
    batches = -(-n.N // min(n.setup.batch or n.N, n.N))
    setup = replace(n.setup, iterations=max(ITERATIONS, EPOCHS * batches))
    trace = train([Run(n.architecture, setup, n.raw, steps, n.W)])[0]
    if trace.fault:
        raise ValueError(trace.fault)
    values["parameters after training"] = list(trace.W)
    return values


def _settings(steps: Steps, n: Network) -> dict[str, list[Array]]:
    architecture, setup = steps.settings(n.architecture, n.setup)
    return {"architecture": [_text(architecture)], "settings": [_text(setup)]}


def _text(value: Architecture | Setup) -> Array:
    return np.array(list(str(value).encode()), dtype=np.float64)


def words(value: Array) -> str:
    """The text that an observed architecture or setup is kept as."""
    return bytes(value.astype(np.uint8).tolist()).decode()


def _data(steps: Steps, n: Network) -> dict[str, list[Array]]:
    X, Y = steps.prepare(n.raw)
    return {"X": [X], "Y": [Y]}


def _start(steps: Steps, n: Network) -> dict[str, list[Array]]:
    return {f"W[{layer}]": [w] for layer, w in enumerate(steps.initialise(n.architecture, n.setup), start=1)}


def _batches(steps: Steps, n: Network) -> dict[str, list[Array]]:
    count = -(-n.N // min(n.setup.batch or n.N, n.N))
    pairs = [steps.batch(n.setup, n.N, t) for t in range(max(ITERATIONS, EPOCHS * count))]
    columns = enumerate(("rows of X", "rows of Y"))
    return {name: [np.asarray(pair[i], dtype=np.float64) for pair in pairs] for i, name in columns}


def _decisions(steps: Steps, n: Network) -> dict[str, list[Array]]:
    return {"decisions": [steps.predict(evaluate(n.architecture, n.W, n.X, n.Y))]}


def _records(steps: Steps, n: Network) -> dict[str, list[Array]]:
    W = [w.copy() for w in n.W]
    kept = steps.keep_best(W)
    for w in W:
        w += 1.0
    return {"cost shown": [steps.monitor(np.array([2.0]), np.array([1.0]))], "kept parameters": list(kept)}


def _checker(steps: Steps, n: Network) -> dict[str, list[Array]]:
    """Where it checks, its two columns, and its verdicts on right and wrong gradients, as they are and small."""
    own = replace(n, W=tuple(w.copy() for w in n.W))
    there = steps.check_point(own, np.random.default_rng(n.setup.seed))
    q = probe(there)
    analytic, numerical = steps.analytic_gradient(q), steps.numerical_gradient(q)
    columns = [analytic, *(steps.analytic_gradient(probe(there, falsify)) for _, falsify in falsified(there.W))]
    verdicts = [float(steps.agree(column, numerical)) for column in columns]
    small = [float(steps.agree(_scaled(column), _scaled(numerical))) for column in columns]
    halved = probe(there, next(falsified(there.W))[1])
    verdicts.append(float(steps.agree(columns[1], steps.numerical_gradient(halved))))
    return {"checked parameters": list(there.W), "analytic column": analytic, "numerical column": numerical,
            "verdicts": [np.array(verdicts)], "verdicts on small gradients": [np.array(small)]}


def _scaled(column: Sequence[Array]) -> list[Array]:
    return [1e-3 * g for g in column]


OBSERVERS = {
    "pass": _pass,
    "settings": _settings,
    "data": _data,
    "start": _start,
    "batches": _batches,
    "decisions": _decisions,
    "records": _records,
    "checker": _checker,
}
