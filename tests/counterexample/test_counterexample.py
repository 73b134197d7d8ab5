"""The smallest counter-example: few enough units to be drawn, and its lines give the same numbers when they are run."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.counterexample import counterexample, smallest
from annprobe.counterexample.formula import formula
from annprobe.counterexample.sizes import MOST_UNITS, drawable, drawn
from annprobe.diagnosis import Options, diagnose
from annprobe.findings import CounterExample
from annprobe.subject.reading.source import read_source

from .pasted import printed_by

SUBJECTS = Path(__file__).parent.parent / "subjects"
SECONDS = 30.0
# gradient wrong, and built with sizes: classes, functions, layers, dictionaries, pure sums of a batch,
# start values of our own, a column of ones, normalised units, a recurrent layer that writes its states in place
FAULTY = ["ann_class.py", "deepnet.py", "dense_stack.py", "wihwho.py", "simple_nn.py", "planar_two.py",
          "l_layer_utils.py", "two_layer_fn.py", "nn_with_bias_column.py", "bn_layers.py", "elman_net.py"]  # fmt: skip


def found_in(path: Path, seconds: float = SECONDS) -> CounterExample | None:
    case = smallest(read_source(path), seconds=seconds, confirm=lambda case: formula(case) is not None)
    return counterexample(case) if case is not None else None


@pytest.mark.parametrize("name", FAULTY)
def test_a_wrong_gradient_is_shown_on_a_network_that_can_be_drawn(name: str) -> None:
    example = found_in(SUBJECTS / name)
    assert example is not None
    assert sum(example.architecture) <= MOST_UNITS
    assert abs(example.user - example.true) > 0.02 * max(abs(example.user), abs(example.true))
    assert len(example.hand) == 3


@pytest.mark.parametrize("name", FAULTY)
def test_its_lines_give_the_same_numbers(name: str) -> None:
    example = found_in(SUBJECTS / name)
    assert example is not None
    assert example.script is not None
    assert len(example.script.splitlines()) <= 18
    assert printed_by(example.script, SUBJECTS) == pytest.approx((example.user, example.true), rel=1e-4, abs=1e-6)


RIGHT = '''
import numpy as np

class Net:
    def __init__(self, sizes):
        r = np.random.RandomState(1)
        self.W = [r.randn(m, n) * 0.5 for m, n in zip(sizes[:-1], sizes[1:])]
        self.b = [np.zeros(n) for n in sizes[1:]]

    def forward(self, X):
        a = [X]
        for W, b in zip(self.W, self.b):
            a.append(np.tanh(a[-1] @ W + b))
        return a

    def train_step(self, X, Y, lr=0.1):
        a = self.forward(X)
        delta = (a[-1] - Y) * (1 - a[-1] ** 2)
        for l in reversed(range(len(self.W))):
            dW, db = a[l].T @ delta, delta.sum(axis=0)
            delta = (delta @ self.W[l].T) * (1 - a[l] ** 2)
            self.W[l] -= lr * dW
            self.b[l] -= lr * db
'''


def test_a_right_network_has_none(tmp_path: Path) -> None:
    (tmp_path / "right.py").write_text(RIGHT)
    assert found_in(tmp_path / "right.py", seconds=6.0) is None


def test_the_first_architecture_that_shows_the_fault_is_the_smallest(tmp_path: Path) -> None:
    """A hidden activation's derivative that is missing needs one hidden unit, one input and one output."""
    (tmp_path / "hidden.py").write_text(RIGHT.replace("(delta @ self.W[l].T) * (1 - a[l] ** 2)", "delta @ self.W[l].T"))
    example = found_in(tmp_path / "hidden.py")
    assert example is not None
    assert (example.architecture, example.examples) == ((1, 1, 1), 1)


def test_a_fault_of_deeper_networks_is_found_at_effort_thorough(tmp_path: Path) -> None:
    usage = """
if __name__ == "__main__":
    X = np.array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
    Y = np.array([[-0.8], [0.8], [0.8], [-0.8]])
    net = Net([2, 4, 1])
    for _ in range(2000):
        net.train_step(X, Y)
"""
    deep = RIGHT.replace("(delta @ self.W[l].T) * (1 - a[l] ** 2)",
                         "(delta @ self.W[l].T) * (1 - a[l] ** 2 if l < 2 else 1.0)")
    path = tmp_path / "deep.py"
    path.write_text(deep + usage)
    assert diagnose(path, options=Options(effort="normal")).counterexample is None
    found = diagnose(path, options=Options(effort="thorough"))
    assert found.counterexample is not None
    assert found.counterexample.elsewhere
    assert len(found.counterexample.architecture) == 4
    assert any("does not show it" in note for finding in found.findings for note in finding.notes)


def test_a_module_without_usage_is_looked_at_with_two_hidden_layers(tmp_path: Path) -> None:
    """The last layer's weights for every layer: with one hidden layer they are the right ones."""
    path = tmp_path / "last.py"
    path.write_text(RIGHT.replace("delta @ self.W[l].T", "delta @ self.W[-1].T"))
    found = diagnose(path, options=Options(effort="normal"))
    assert "self.W[-1].T" in found.findings[0].places[0].text
    path.write_text(RIGHT)
    assert diagnose(path, options=Options(effort="normal")).verdict == "clean"


def test_architectures_come_smallest_first() -> None:
    pairs = list(drawable())
    assert pairs[0] == ((1, 1), 1)
    assert all(sum(widths) <= MOST_UNITS for widths, _ in pairs)
    assert [sum(w) + n for w, n in pairs] == sorted(sum(w) + n for w, n in pairs)


@pytest.mark.parametrize(
    ("sizes", "shapes", "widths"),
    [
        ((1, 2), [(1, 2), (2,)], (1, 2)),
        ((2, 1), [(2, 2), (1, 2), (2, 1), (1, 1)], (2, 2, 1)),  # a hidden layer as wide as the inputs
        ((1, 2), [(1, 5), (5,), (5, 2), (2,)], None),  # one that is too wide
        ((1, 2, 1), [(1, 2), (2,), (2,), (2,), (2, 1), (1,)], (1, 2, 1)),  # batch normalisation
        ((1, 2, 1), [(1, 2), (2, 2), (2, 1), (2,), (1,)], (1, 2, 1)),  # a recurrent layer
        ((1, 1, 1), [(1, 2), (2,), (2, 1), (1,)], None),
        ((1, 1, 1), [(1, 1), (1, 1), (1, 3), (3, 1), (3,)], None),
    ],
)
def test_a_network_is_as_large_as_its_matrices_say(
    sizes: tuple[int, ...], shapes: list[tuple[int, ...]], widths: tuple[int, ...] | None
) -> None:
    assert drawn(sizes, shapes) == widths
