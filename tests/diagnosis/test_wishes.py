"""What the user asks for with options: names, data, an architecture, a task; what cannot be had is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import annprobe
from annprobe.diagnosis import Options, diagnose
from annprobe.errors import BadArgument

EXAMPLE = Path(annprobe.__file__).parent / "examples" / "first_network.py"
CLASS = """\
import numpy as np


class Net:
    def __init__(self, n_in, n_hidden, n_out):
        self.W = np.random.randn(n_in, n_hidden) * 0.5
        self.V = np.random.randn(n_hidden, n_out) * 0.5

    def forward(self, X):
        self.h = np.tanh(X @ self.W)
        return self.h @ self.V

    def step(self, X, y, lr=0.1):
        d = (self.forward(X) - y) / len(X)
        dh = d @ self.V.T * (1 - self.h ** 2)
        self.V -= lr * self.h.T @ d
        self.W -= lr * X.T @ dh
"""
SCRIPT = CLASS + """

rng = np.random.default_rng(1)
X, y = rng.normal(size=(9, 2)), rng.normal(size=(9, 1))
net = Net(2, 3, 1)
for epoch in range(50):
    net.step(X, y)
"""


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "net.py"
    path.write_text(CLASS)
    return path


def test_one_neuron_cannot_represent_xor() -> None:
    found = diagnose(EXAMPLE, options=Options(sizes="2,1", task="xor", effort="quick"))
    finding = next(f for f in found.findings if f.family == "capacity")
    assert (finding.role, finding.trust) == ("cause", "verified")
    assert found.subject.architecture == (2, 1)


def test_one_neuron_can_represent_and() -> None:
    found = diagnose(EXAMPLE, options=Options(sizes="2,1", task="and", effort="quick"))
    assert "capacity" not in {f.family for f in found.findings}


def test_the_users_examples_decide_the_widths(network: Path) -> None:
    examples = network.with_name("examples.npz")
    np.savez(examples, X=np.eye(5, 4), Y=np.ones((5, 2)))
    found = diagnose(network, options=Options(data=str(examples), effort="quick"))
    widths = found.subject.architecture
    assert widths is not None
    assert (widths[0], widths[-1]) == (4, 2)
    assert found.verdict == "clean"
    assert not any("--data" in note for note in found.subject.notes)


def test_a_name_that_the_module_does_not_have(network: Path) -> None:
    with pytest.raises(BadArgument, match="--network Nett: the module has Net"):
        diagnose(network, options=Options(network="Nett", effort="quick"))


def test_a_task_that_there_is_not(network: Path) -> None:
    with pytest.raises(BadArgument, match="one of and, or, xor"):
        diagnose(network, options=Options(task="mnist"))


def test_what_is_not_used_is_said(network: Path) -> None:
    network.write_text(SCRIPT)
    found = diagnose(network, options=Options(task="xor", effort="quick"))
    assert any("--task xor is not used" in note for note in found.subject.notes)
    found = diagnose(network, options=Options(sizes="2,4,4,1", run="python net.py", effort="quick"))
    assert any("--sizes 2,4,4,1 is not used" in note for note in found.subject.notes)
