"""Symptoms come from the module's own training, and a training that works shows none of failure."""

from __future__ import annotations

import numpy as np
import pytest

from annprobe.diagnosis.experiments.own_run import symptoms_of, trace_of
from annprobe.training.anatomy import find_anatomy
from tests.training.subjects import MOMENTUM, ONE_BY_ONE, batch, tried

FAILURE = {"identical-outputs", "constant-plateau", "cost-not-falling", "divergence", "non-finite", "step-too-small"}


def seen(text: str) -> set[str]:
    done = tried(text)
    return {symptom.id for symptom in symptoms_of(done, find_anatomy(done.trainer))}


@pytest.mark.parametrize("text", [batch(), MOMENTUM, ONE_BY_ONE])
def test_a_training_that_works_shows_no_failure(text: str) -> None:
    assert not seen(text) & FAILURE


@pytest.mark.parametrize(
    ("text", "symptom"),
    [
        (batch(rate=0.0002), "step-too-small"),
        (batch(spread=0.0), "identical-outputs"),
        (batch(spread=80.0), "saturation"),
        (batch(spread=0.0), "constant-plateau"),
        (batch(spread=0.0), "hidden-symmetry"),
        (batch(delta="(Y - out) * out * (1 - out)"), "cost-rising"),
        (batch().replace("W1 -= rate", "W1 -= 0 * rate").replace("b1 -= rate", "b1 -= 0 * rate"), "layer-frozen"),
        (batch().replace("[[0], [1], [1], [0]], float)", "[[0], [50], [50], [0]], float)"), "target-out-of-range"),
    ],
)
def test_a_failure_shows(text: str, symptom: str) -> None:
    assert symptom in seen(text)


def test_the_trace_is_the_training() -> None:
    done = tried(batch())
    trace = trace_of(done, find_anatomy(done.trainer))
    assert trace is not None
    assert trace.cost is not None
    assert trace.outputs is not None
    assert trace.Y is not None
    assert trace.W is not None
    assert trace.U is not None
    assert trace.constant_cost is not None
    np.testing.assert_allclose(trace.cost[-1], np.square(trace.outputs[-1] - trace.Y).sum(axis=1).mean())
    np.testing.assert_allclose(trace.constant_cost, 0.25)
    np.testing.assert_allclose(trace.cost / trace.constant_cost, done.own.left, rtol=1e-9)
    assert [w.shape[-2:] for w in trace.W if w is not None] == [(6, 3), (1, 7)]
    assert trace.learning_rate == 2.0
    assert trace.activations == ("tanh", "sigmoid")


def test_no_rate_is_told_with_momentum() -> None:
    done = tried(MOMENTUM)
    trace = trace_of(done, find_anatomy(done.trainer))
    assert trace is not None
    assert trace.learning_rate is None
    assert trace.G is None
