"""A recording ends cleanly when its budget of operations, seconds or bytes is spent, and keeps its memory small."""

from __future__ import annotations

import subprocess
import sys

import pytest

from annprobe.tape import Budget
from annprobe.tape.plain import Active
from tests.tape.twice import Recording, run_recorded, wrong_in_replay, wrong_on_tape

LOOP = "w = np.ones(50)\nfor step in range(100000):\n    w = w * 0.99\n    w[step % 50] = 1.0\n"


def _stopped(budget: Budget, text: str = LOOP) -> Recording:
    recording = run_recorded(text, budget)
    assert recording.ran.error == ("Stop", recording.tape.stopped)
    assert Active.recorder is None
    return recording


@pytest.mark.parametrize(
    ("budget", "why"),
    [
        (Budget(nodes=500), "500 operations recorded"),
        (Budget(seconds=0.0), "0 s spent"),
        (Budget(bytes=1 << 20), "1 MiB recorded"),
    ],
    ids=["operations", "seconds", "bytes"],
)
def test_a_spent_budget_stops_the_run(budget: Budget, why: str) -> None:
    recording = _stopped(budget)
    assert recording.tape.stopped == why
    assert wrong_on_tape(recording) == []
    assert wrong_in_replay(recording.tape) == []


def test_a_module_that_catches_everything_is_stopped_all_the_same() -> None:
    text = "w = np.ones(3)\ntry:\n    while True:\n        w = w * 0.5\nexcept Exception:\n    pass\n"
    assert _stopped(Budget(nodes=100), text).tape.stopped


TRAINING = """
import resource, sys
from annprobe.tape import Budget, Recorder
recorder = Recorder(set(), Budget(seconds=600.0))
rows, steps = int(sys.argv[1]), int(sys.argv[2])
np = recorder.modules["numpy"]
with recorder:
    rng = np.random.default_rng(0)
    x, y = rng.random((rows, 784)), np.eye(10)[rng.integers(0, 10, rows)]
    w1, b1 = rng.normal(0.0, 0.05, (784, 100)), np.zeros(100)
    w2, b2 = rng.normal(0.0, 0.05, (100, 10)), np.zeros(10)
    for step in range(steps):
        h = 1 / (1 + np.exp(-(x @ w1 + b1)))
        e = np.exp(h @ w2 + b2)
        p = e / e.sum(axis=1, keepdims=True)
        d2 = (p - y) / rows
        d1 = (d2 @ w2.T) * h * (1 - h)
        w2 -= 0.5 * (h.T @ d2)
        b2 -= 0.5 * d2.sum(axis=0)
        w1 -= 0.5 * (x.T @ d1)
        b1 -= 0.5 * d1.sum(axis=0)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> (20 if sys.platform == "darwin" else 10))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="needs resource")
def test_the_tape_of_large_arrays_needs_little_more_than_the_module() -> None:
    """The data are 48 MB and a hidden layer 6 MB: three steps that kept all their layers would need 300 MB more."""
    used = [
        int(subprocess.run([sys.executable, "-c", TRAINING, "8000", n], capture_output=True, check=True).stdout)
        for n in ("1", "4")
    ]
    assert used[1] - used[0] < 60
