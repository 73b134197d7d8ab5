"""What counts as learned is free of scale, and judged against the best that anything reached."""

from __future__ import annotations

import numpy as np
import pytest

from annprobe.training.outcomes import outcome, speed, yardstick
from annprobe.training.score import Judge
from annprobe.training.stack import Trace

XOR = np.array([[0.0], [1.0], [1.0], [0.0]])
CLASSES = np.eye(3)[[0, 1, 2, 0, 1, 2]]
VALUES = np.linspace(-1, 2, 9)[:, None]


def trace(left: float, wrong: float = float("nan"), *, complete: bool = True, finite: bool = True) -> Trace:
    return Trace([0, 10], [1.0, left], [1.0, wrong], finite, complete)


@pytest.mark.parametrize(("targets", "kind"), [(XOR, "binary"), (CLASSES, "classes"), (VALUES, "values")])
def test_the_kind_of_task_is_seen(targets: np.ndarray, kind: str) -> None:
    assert Judge(targets).kind == kind


@pytest.mark.parametrize("targets", [XOR, CLASSES, VALUES])
@pytest.mark.parametrize("factor", [1.0, 1e-6, 1e9])
def test_scores_are_free_of_scale(targets: np.ndarray, factor: float) -> None:
    rng = np.random.default_rng(0)
    outputs = targets + 0.1 * rng.standard_normal((5, *targets.shape))
    one, other = Judge(targets)(outputs), Judge(factor * targets)(factor * outputs)
    np.testing.assert_allclose(one.left, other.left)
    np.testing.assert_array_equal(one.wrong, other.wrong)


@pytest.mark.parametrize("targets", [XOR, CLASSES, VALUES])
def test_the_best_constant_scores_1_and_the_targets_0(targets: np.ndarray) -> None:
    judge = Judge(targets)
    constant = np.broadcast_to(targets.mean(axis=0), targets.shape)
    score = judge(np.stack([constant, targets]))
    np.testing.assert_allclose(score.left, [1.0, 0.0], atol=1e-12)
    assert score.badness[1] == 0.0


def test_what_is_no_number_is_as_bad_as_can_be() -> None:
    assert Judge(VALUES)(np.full((1, 9, 1), np.nan)).left[0] == np.inf


def test_noise_in_the_targets_is_nobodys_fault() -> None:
    traces = [trace(0.5), trace(0.55), trace(0.98)]
    assert outcome(traces, yardstick(traces)).good == 2


def test_where_nothing_learns_nothing_is_good() -> None:
    traces = [trace(0.95), trace(0.99)]
    assert outcome(traces, yardstick(traces)).good == 0


def test_unfinished_is_not_failed() -> None:
    traces = [trace(0.01, 0.0), trace(0.9, 1.0, complete=False), trace(0.9, 1.0)]
    found = outcome(traces, yardstick(traces))
    assert (found.good, found.unfinished, found.bad) == (1, 1, 1)


def test_what_left_the_numbers_has_failed() -> None:
    traces = [trace(0.01, 0.0), trace(0.1, 0.0, finite=False, complete=False)]
    assert outcome(traces, yardstick(traces)).bad == 1


def course(steps: list[int], left: list[float]) -> Trace:
    return Trace(steps, left, [float("nan")] * len(steps))


def test_speed_compares_the_steps_to_the_level_that_both_reach() -> None:
    slow = course([0, 100, 200, 400], [1.0, 0.5, 0.2, 0.1])
    quick = course([0, 100, 200, 400], [1.0, 0.1, 0.05, 0.02])
    assert speed([slow], [quick]) == pytest.approx(4.0)
    assert speed([quick], [slow]) == pytest.approx(0.25)
    assert speed([slow], [slow]) == 1.0
    assert speed([slow, slow, slow], [quick, slow, slow]) == 1.0
    assert speed([], [slow]) == 1.0
