"""Each detector has a fault that must set it off, and none speaks of a healthy run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest

from annprobe.engine.setup import Data
from annprobe.engine.tasks import make, truth_table
from annprobe.symptoms.registry import DETECTORS, detect, readings, strengths
from annprobe.symptoms.trace import Trace
from tests.symptoms.runs import traced

XOR = make("xor").data
CLASSES = Data(truth_table(3), np.eye(2)[(truth_table(3).sum(axis=1) > 1).astype(int)])


def conflict() -> Trace:
    return traced(data=Data(np.concatenate([XOR.X, XOR.X]), np.concatenate([XOR.Y, 1.0 - XOR.Y])), iterations=40)


def exploding() -> Trace:
    healthy = traced(hidden=(4, 4), iterations=100)
    assert healthy.G is not None
    first, *rest = (g for g in healthy.G if g is not None)
    return replace(healthy, G=(1e4 * first, *rest))


# symptom -> a run that must show it
FAULTS: dict[str, Callable[[], Trace]] = {
    "identical-outputs-cost-falling": lambda: traced(rate=0.01, initialiser="origin", task="sign"),
    "identical-outputs": lambda: traced("ba-label-broadcast"),
    "mean-matching": lambda: traced(rate=0.01, initialiser="origin", task="and", iterations=4000),
    "identical-neurons": lambda: traced("in-constant", data=CLASSES, rate=0.01, iterations=400),
    "constant-plateau": lambda: traced("st-capacity"),
    "local-minimum-level": lambda: traced(hidden=(2,), seed=6, initialiser="normal", iterations=8000),
    "cost-not-falling": lambda: traced("up-rebind"),
    "cost-rising": lambda: traced("ld-sign"),
    "rose-from-best": lambda: traced("gp-uses-weight"),
    "oscillation": lambda: traced("in-every-epoch"),
    "divergence": lambda: traced("ld-sign", output="identity", rate=0.3, iterations=400),
    "non-finite": lambda: traced("ad-on-z"),
    "saturation": lambda: traced("in-large"),
    "dying-relu": lambda: traced(activation="relu", rate=30.0, iterations=400),
    "vanishing-by-layer": lambda: traced(hidden=(4,) * 5, initialiser="origin", rate=0.1, iterations=200),
    "exploding-by-layer": exploding,
    "hidden-symmetry": lambda: traced("in-constant"),
    "hidden-rank-one": lambda: traced("in-constant", rate=0.1),
    "near-symmetric-init": lambda: traced("in-constant", rate=0.1),
    "layer-frozen": lambda: traced("li-skip-first"),
    "bias-frozen": lambda: traced("bs-grad-zero"),
    "step-too-small": lambda: traced("st-lr-small"),
    "update-ratio": lambda: traced(rate=1e-4),
    "conflicting-examples": conflict,
    "not-separable": lambda: traced("st-capacity"),
    "inputs-unscaled": lambda: traced(data=Data(255.0 * XOR.X, XOR.Y)),
    "target-out-of-range": lambda: traced("da-target-range"),
    "softmax-axis": lambda: traced("fw-softmax-axis", data=CLASSES, output="softmax",
                                   cost="categorical cross-entropy", iterations=100),
    "anti-correlated": lambda: traced("ld-sign", task="sign", iterations=60, rate=0.5),
    "update-mismatch": lambda: traced("sg-update"),
    "weights-run-away": lambda: traced("ad-only-a"),
    "one-class": lambda: traced("ld-sign", task="sign"),
    "initial-cost-off": lambda: traced("in-large", cost="binary cross-entropy"),
}


def test_there_is_a_fault_for_every_detector() -> None:
    assert set(FAULTS) == set(DETECTORS)


@pytest.mark.parametrize("symptom", sorted(FAULTS))
def test_a_fault_sets_it_off(symptom: str) -> None:
    found = {reading.id: reading for reading in detect(FAULTS[symptom]())}
    assert symptom in found, f"only {sorted(found)}"
    strength = found[symptom].strength
    assert strength is not None
    assert 0.5 <= strength <= 1.0
    assert found[symptom].evidence


HEALTHY: dict[str, Callable[[], Trace]] = {
    "xor": lambda: traced(),
    "and on one neuron": lambda: traced(task="and", hidden=()),
    "deep": lambda: traced(hidden=(5, 5), task="copy", activation="tanh", rate=2.0),
    "relu": lambda: traced(hidden=(8,), activation="relu", rate=0.5, seed=1),
    "softmax": lambda: traced(data=CLASSES, output="softmax", cost="categorical cross-entropy", rate=1.0),
    "regression": lambda: traced(task="sine", hidden=(6,), output="identity", rate=0.1, iterations=8000),
    "several outputs": lambda: traced(task="teacher", hidden=(3, 3)),
}


@pytest.mark.parametrize("name", sorted(HEALTHY))
def test_a_healthy_run_shows_nothing(name: str) -> None:
    run = HEALTHY[name]()
    assert not run.failed
    assert detect(run) == ()


@pytest.mark.parametrize("scale", [1e-3, 1e3])
def test_scaling_the_cost_changes_no_verdict(scale: float) -> None:
    for run in (traced("ld-sign", task="sign"), traced("up-rebind"), traced()):
        assert run.cost is not None
        assert run.constant_cost is not None
        scaled = replace(run, cost=scale * run.cost, constant_cost=scale * run.constant_cost)
        assert [r.id for r in detect(scaled)] == [r.id for r in detect(run)]


def test_a_detector_that_lacks_its_input_says_none() -> None:
    for reading in readings(Trace()):
        assert reading.strength is None
        assert not reading.present
    assert detect(Trace()) == ()


@pytest.mark.parametrize("field", [f.name for f in fields(Trace) if f.name != "biased"])
def test_every_field_can_be_missing(field: str) -> None:
    run = traced("ld-sign", iterations=100)
    for reading in readings(replace(run, **{field: None})):  # type: ignore[arg-type]
        assert reading.strength is None or 0.0 <= reading.strength <= 1.0


def test_layers_can_be_unknown_one_by_one() -> None:
    run = traced("li-skip-first", hidden=(4, 4), iterations=100)
    assert run.W is not None
    assert run.G is not None
    partly = replace(run, W=(run.W[0], None, run.W[2]), G=(None, *run.G[1:]), z=None, a=None)
    assert "layer-frozen" in {reading.id for reading in detect(partly)}


def test_a_stack_reads_like_its_runs() -> None:
    runs = [traced(mutant, iterations=400) for mutant in (None, "ld-sign", "bs-grad-zero", "ad-on-z", "up-rebind")]

    def stacked(name: str) -> object:
        values = [getattr(run, name) for run in runs]
        if name in ("iterations", "moments", "X", "Y", "activations", "biased"):
            return values[0]
        if isinstance(values[0], tuple):
            return tuple(np.stack(layer) for layer in zip(*values, strict=True))
        return np.stack(values)

    together = strengths(Trace(**{f.name: stacked(f.name) for f in fields(Trace)}))  # type: ignore[arg-type]
    for i, run in enumerate(runs):
        for reading in readings(run):
            if reading.strength is not None:
                np.testing.assert_allclose(together[reading.id][i], reading.strength, rtol=1e-9)


def test_the_first_thing_to_go_wrong_is_named() -> None:
    broken = traced(iterations=100)
    assert broken.X is not None
    X = broken.X.copy()
    X[0, 0] = np.nan
    (reading,) = (r for r in detect(replace(broken, X=X)) if r.id == "non-finite")
    assert dict(reading.evidence) == {"first": "X", "iteration": 0.0}


def test_every_detector_says_what_it_means() -> None:
    numbers = [d.number for d in DETECTORS.values()]
    assert len(set(numbers)) == len(numbers)
    for d in DETECTORS.values():
        assert len(d.meaning.split()) > 8
