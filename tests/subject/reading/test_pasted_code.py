"""Code of which only a part was pasted: what fits together by name is called, what is made up is named."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from annprobe.subject.reading.parameter_names import is_gradient
from annprobe.subject.reading.pasted import missing_attributes, whole
from annprobe.subject.reading.source import read_source
from annprobe.subject.running.execute import execute
from annprobe.subject.search import find_usage
from annprobe.subject.surroundings.missing.data import DataGuess
from annprobe.subject.surroundings.missing.top_level import absent_data
from annprobe.subject.surroundings.textbook import Textbook, activation_of
from annprobe.tape import Budget, Recorder
from tests.reading import lines_of, read

SUBJECTS = Path(__file__).parents[2] / "subjects"
RIGHT = ("pasted_steps", "written_out", "listed_layers", "loose_method", "one_unit", "table_above")
FAULTY = (
    ("pasted_moisture", {15}),
    ("written_out_crossed", {19, 20}),
    ("own_numbers", {30}),
    ("theta_course", {20}),
    ("empty_object", {16}),
    ("columns_above", {11, 14, 15}),
)


@pytest.mark.parametrize("module", RIGHT)
def test_what_is_right_comes_out_clean(module: str) -> None:
    understood, findings = read(SUBJECTS / f"{module}.py")
    assert understood is not None
    assert understood.hypothesis is not None
    assert all(judged.right for judged in understood.hypothesis.judged)
    assert not findings


@pytest.mark.parametrize(("module", "lines"), FAULTY)
def test_what_is_wrong_is_found_at_its_line(module: str, lines: set[int]) -> None:
    understood, findings = read(SUBJECTS / f"{module}.py")
    assert understood is not None
    assert lines_of(findings) == lines


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("sigmoid", ("sigmoid", False)),
        ("sigmoidGradient", ("sigmoid", True)),
        ("d_relu", ("relu", True)),
        ("tanh_prime", ("tanh", True)),
        ("hidden_activation_derivative", ("activation", True)),
        ("relu_backward", None),
        ("signal", None),
        ("sigma", None),
    ],
)
def test_names_of_activations(name: str, meaning: tuple[str, bool] | None) -> None:
    assert activation_of(name) == meaning


@pytest.mark.parametrize(
    ("body", "formula"),
    [
        ("a = sigmoid(z)\n    return dsigmoid(z)", "of z"),
        ("a = sigmoid(z)\n    return dsigmoid(a)", "of a"),
        ("a = sigmoid(z)\n    a = np.insert(z, 0, 1)\n    return dsigmoid(a)", "of z"),
        ("a = np.vstack([1, sigmoid(z)])\n    return dsigmoid(a[1:])", "of a"),
        ("return dsigmoid(z)", None),
        ("a = sigmoid(z)\n    return dsigmoid(a) + dsigmoid(z)", None),
        ("a = sigmoid(z)\n    return dsigmoid(a, True)", None),
    ],
)
def test_a_derivative_is_supplied_only_where_its_argument_is_known(body: str, formula: str | None) -> None:
    found = Textbook(ast.parse(f"def f(z):\n    {body}\n")).helper("dsigmoid", np)
    if formula is None:
        assert found is None
        return
    assert found is not None
    x, a = 0.7, 1 / (1 + np.exp(-0.7))
    expected = a * (1 - a) if formula == "of z" else x * (1 - x)
    assert found[0](np.array([x])) == pytest.approx(np.array([expected]), rel=1e-12)


def test_an_activation_that_is_defined_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("def sigmoid(z):\n    return 7\nx = sigmoid(1)\n")
    outcome = execute(read_source(tmp_path / "net.py"), seconds=10)
    assert outcome.namespace["x"] == 7
    assert not outcome.notes


def test_an_activation_of_a_missing_module_is_the_textbooks_and_named(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("from helpers_of_mine import sigmoid\nx = sigmoid(0.0)\n")
    outcome = execute(read_source(tmp_path / "net.py"), seconds=10)
    assert outcome.namespace["x"] == 0.5
    assert any("sigmoid" in note and "textbook" in note for note in outcome.notes)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("m, n = data.shape", ("data",)),
        ("a = X @ W - y", ("X", "y")),
        ("a = X @ X.T", ()),  # half of the examples
        ("def f():\n    return data", ()),  # not read by the top level
        ("data = 1\nb = data", ()),
    ],
)
def test_data_that_the_top_level_lacks(text: str, names: tuple[str, ...]) -> None:
    assert absent_data(ast.parse(text)) == names


def test_made_up_labels_never_meet_outputs_of_another_shape() -> None:
    labels = DataGuess(labels_as="onehot", strict=True).named("y")
    with pytest.raises(ValueError, match="shapes"):
        np.zeros((58, 1)) - labels
    assert type(labels - np.zeros((58, 3))) is np.ndarray


def test_undefined_data_that_fit_nothing_stay_an_error_of_the_module(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("import numpy as np\nout = np.zeros(12345) - y\nz = X @ np.zeros((6, 7))\n")
    found = find_usage(
        read_source(tmp_path / "net.py"),
        lambda sources: Recorder(set(), Budget(seconds=5)),
        lambda tape, outcome: 0.0,
        seconds=8,
    )
    assert found is not None
    assert found.outcome.message.startswith("NameError")


def test_methods_without_a_class_and_results_without_a_return() -> None:
    tree, notes = whole(ast.parse("def step(self, x):\n    dW = self.W @ x\n"))
    assert [type(n).__name__ for n in tree.body] == ["ClassDef"]
    assert missing_attributes(tree) == {"Network": ["W"]}
    assert "return dW" in ast.unparse(tree)
    assert len(notes) == 2


@pytest.mark.parametrize(
    "text",
    [
        "def f(W, x):\n    dW = x\n    W -= dW",  # the gradient is used
        "def f(W, x):\n    dW = x\n    return W",  # something is returned
        "def f(x):\n    data = x\n    depth = 3",  # no gradients
        "class A:\n    def f(self):\n        self.W = 1",
    ],
)
def test_whole_code_is_left_as_it_is(text: str) -> None:
    tree, notes = whole(ast.parse(text))
    assert ast.unparse(tree) == ast.unparse(ast.parse(text))
    assert not notes


def test_names_of_gradients() -> None:
    assert all(is_gradient(n) for n in ("dW1", "d_w5", "delta_b2", "grad_W", "Theta1_grad", "dweights"))
    assert not any(is_gradient(n) for n in ("data", "depth", "W1", "delta", "dt"))


def test_an_attribute_that_is_set_from_its_old_value_is_missing_all_the_same() -> None:
    body = "self.n = 1\n        self.w += self.n\n        self.v = self.v + 1"
    assert missing_attributes(ast.parse(f"class A:\n    def f(self):\n        {body}\n")) == {"A": ["w", "v"]}
