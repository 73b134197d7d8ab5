"""Usages: the module's own first; else one made by calling it, bound by names, shown to move its weights."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annprobe.errors import BadArgument
from annprobe.subject.making.adapter import adapter_text, explicit_programs
from annprobe.subject.making.callables import classes_of, functions_of
from annprobe.subject.making.descent import descent
from annprobe.subject.making.hints import Data, Hints
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.own_usage import own_usages
from annprobe.subject.reading.source import Source, read_source
from annprobe.subject.reading.words import roles_of, stage_of
from annprobe.subject.running.state import compare, leaves
from annprobe.subject.search import Found, find_usage
from annprobe.subject.surroundings.examples import Form, examples, forms
from annprobe.subject.usage import MadeUsage, made_usages, resized
from annprobe.tape import Budget, Recorder, Tape

HEAD = "import numpy as np\ndef sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n"

ROWS = (
    HEAD
    + """
class Net:
    def __init__(self, layers, lr=0.5):
        self.lr = lr
        self.w = [np.random.randn(a, b) for a, b in zip(layers[:-1], layers[1:])]
    def forward(self, x):
        self.a = [x]
        for w in self.w:
            self.a.append(sigmoid(self.a[-1] @ w))
        return self.a[-1]
    def train(self, x, y, epochs=1000):
        for epoch in range(epochs):
            d = (self.forward(x) - y) * self.a[-1] * (1 - self.a[-1])
            for i in reversed(range(len(self.w))):
                g = self.a[i].T @ d
                d = d @ self.w[i].T * self.a[i] * (1 - self.a[i])
                self.w[i] = self.w[i] - self.lr * g
"""
)

COLUMNS = (
    HEAD
    + """
def initialize(n_x, n_h, n_y):
    return {"W1": np.random.randn(n_h, n_x), "b1": np.zeros((n_h, 1)),
            "W2": np.random.randn(n_y, n_h), "b2": np.zeros((n_y, 1))}
def forward_propagation(X, parameters):
    A1 = np.tanh(parameters["W1"] @ X + parameters["b1"])
    A2 = sigmoid(parameters["W2"] @ A1 + parameters["b2"])
    return A2, {"A1": A1, "A2": A2}
def compute_cost(A2, Y):
    return float(-np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)))
def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    dZ2 = cache["A2"] - Y
    dZ1 = parameters["W2"].T @ dZ2 * (1 - cache["A1"] ** 2)
    return {"dW1": dZ1 @ X.T / m, "db1": dZ1.sum(1, keepdims=True) / m, "dW2": dZ2 @ cache["A1"].T / m,
            "db2": dZ2.sum(1, keepdims=True) / m}
"""
)

UPDATE = """
def update_parameters(parameters, grads, learning_rate):
    return {k: parameters[k] - learning_rate * grads["d" + k] for k in parameters}
"""

PAIRS = (
    HEAD
    + """
class Network(object):
    def __init__(self, sizes):
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]
    def SGD(self, training_data, epochs, mini_batch_size, eta):
        for j in range(epochs):
            for x, y in training_data:
                a, acts = x, [x]
                for w, b in zip(self.weights, self.biases):
                    a = sigmoid(np.dot(w, a) + b)
                    assert a.shape == b.shape
                    acts.append(a)
                d = (acts[-1] - y) * acts[-1] * (1 - acts[-1])
                for l in range(1, len(self.weights) + 1):
                    w, g = self.weights[-l], np.dot(d, acts[-l - 1].T)
                    self.biases[-l] = self.biases[-l] - eta * d
                    d = np.dot(w.T, d) * acts[-l - 1] * (1 - acts[-l - 1])
                    self.weights[-l] = w - eta * g
"""
)

ONE_BY_ONE = """
import math, random
class Perceptron:
    def __init__(self, num_inputs, num_hidden, num_outputs):
        self.v = [[random.uniform(-1, 1) for _ in range(num_inputs)] for _ in range(num_hidden)]
        self.u = [[random.uniform(-1, 1) for _ in range(num_hidden)] for _ in range(num_outputs)]
    def learn(self, inputs, targets, rate):
        if not isinstance(inputs, list) or isinstance(inputs[0], list): raise TypeError
        h = [math.tanh(sum(w * x for w, x in zip(row, inputs))) for row in self.v]
        o = [math.tanh(sum(w * x for w, x in zip(row, h))) for row in self.u]
        d = [(a - t) * (1 - a * a) for a, t in zip(o, targets)]
        e = [(1 - h[j] ** 2) * sum(d[k] * self.u[k][j] for k in range(len(d))) for j in range(len(h))]
        for k, row in enumerate(self.u):
            for j in range(len(row)): row[j] -= rate * d[k] * h[j]
        for j, row in enumerate(self.v):
            for i in range(len(row)): row[i] -= rate * e[j] * inputs[i]
"""

LABELS = (
    HEAD
    + """
class TwoLayerNet(object):
    def __init__(self, input_size, hidden_size, output_size, std=0.5):
        self.params = {'W1': std * np.random.randn(input_size, hidden_size), 'b1': np.zeros(hidden_size),
                       'W2': std * np.random.randn(hidden_size, output_size), 'b2': np.zeros(output_size)}
    def loss(self, X, y=None, reg=0.0):
        h = np.maximum(0, X @ self.params['W1'] + self.params['b1'])
        s = h @ self.params['W2'] + self.params['b2']
        if y is None: return s
        p = np.exp(s); p = p / p.sum(1, keepdims=True)
        N = len(X)
        loss = -np.log(p[np.arange(N), y]).mean()
        d = p.copy(); d[np.arange(N), y] -= 1; d = d / N
        dh = d @ self.params['W2'].T * (h > 0)
        return loss, {'W2': h.T @ d, 'b2': d.sum(0), 'W1': X.T @ dh, 'b1': dh.sum(0)}
"""
)

LAYERS = """
import numpy as np
class Layer:
    def forward(self, input): raise NotImplementedError
    def backward(self, gradient, learning_rate): raise NotImplementedError
class Dense(Layer):
    def __init__(self, input_size, output_size):
        self.weights = np.random.randn(output_size, input_size)
        self.bias = np.random.randn(output_size, 1)
    def forward(self, input):
        self.input = input
        return self.weights @ input + self.bias
    def backward(self, gradient, learning_rate):
        back = self.weights.T @ gradient
        self.weights = self.weights - learning_rate * gradient @ self.input.T
        self.bias = self.bias - learning_rate * gradient.sum(1, keepdims=True)
        return back
class Tanh(Layer):
    def forward(self, input):
        self.out = np.tanh(input)
        return self.out
    def backward(self, gradient, learning_rate): return gradient * (1 - self.out ** 2)
"""

FLAT = (
    HEAD
    + """
def gradient(theta, n, h, k, X, Y):
    T1 = theta[:h * (n + 1)].reshape(h, n + 1)
    T2 = theta[h * (n + 1):].reshape(k, h + 1)
    A1 = np.c_[np.ones(len(X)), X]
    A2 = np.c_[np.ones(len(X)), sigmoid(A1 @ T1.T)]
    d3 = sigmoid(A2 @ T2.T) - Y
    d2 = (d3 @ T2 * A2 * (1 - A2))[:, 1:]
    return np.r_[(d2.T @ A1).ravel(), (d3.T @ A2).ravel()] / len(X)
"""
)

DATA_INSIDE = (
    HEAD
    + """
class NeuralNetwork:
    def __init__(self, x, y):
        self.input, self.y = x, y
        self.weights1 = np.random.rand(x.shape[1], 4)
        self.weights2 = np.random.rand(4, y.shape[1])
    def feedforward(self):
        self.layer1 = sigmoid(self.input @ self.weights1)
        self.output = sigmoid(self.layer1 @ self.weights2)
    def backprop(self):
        d = 2 * (self.y - self.output) * self.output * (1 - self.output)
        e = d @ self.weights2.T * self.layer1 * (1 - self.layer1)
        self.weights2 += self.layer1.T @ d
        self.weights1 += self.input.T @ e
"""
)

FIXED = (
    HEAD
    + """
class Fixed:
    def __init__(self):
        self.W1 = np.random.randn(6, 4)
        self.W2 = np.random.randn(4, 1)
    def fit(self, X, y):
        h = sigmoid(X @ self.W1)
        o = sigmoid(h @ self.W2)
        d = (o - y) * o * (1 - o)
        self.W1 -= X.T @ (d @ self.W2.T * h * (1 - h))
        self.W2 -= h.T @ d
"""
)

GLOBALS = (
    HEAD
    + """
W = np.random.randn(3, 2) * 0.1
def backward(x, y): return x.T @ (sigmoid(x @ W) - y)
def train(x, y, steps=5):
    global W
    for i in range(steps):
        W = W - 0.1 * backward(x, y)
"""
)

SLIPPED = ROWS.replace("self.a[i].T @ d", "self.a[i].T @ d.T")


def _source(folder: Path, text: str, name: str = "net.py") -> Source:
    (folder / name).write_text(text)
    return read_source(folder / name)


def _weights_fall(tape: Tape, outcome: Any) -> float:
    """A judge that needs no roles: something was computed, and nothing was raised."""
    return 1.0 if outcome.ended in ("completed", "stopped") and len(tape) > 20 else 0.0


def _find(folder: Path, text: str, **options: Any) -> Found:
    made: list[Recorder] = []

    def recorder(sources: object) -> Recorder:
        made.append(Recorder(set(), Budget(nodes=2000)))
        return made[-1]

    found = find_usage(_source(folder, text), recorder, _weights_fall, seconds=30.0, **options)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "expected", "layout"),
    [
        (ROWS, ["net = Net([3, 5, 2])", "net.train(X, Y)"], "rows"),
        (COLUMNS + UPDATE, ["parameters = initialize(3, 5, 2)", "A2, output1 = forward_propagation(X, parameters)",
                            "backward_propagation(parameters, output1, X, Y)", "cost = compute_cost(A2, Y)",
                            "parameters = update_parameters(parameters, gradients, 0.1)"], "columns"),
        (COLUMNS, ["parameters['W1'] = parameters['W1'] - 0.1 * ", "['db2']"], "columns"),
        (PAIRS, ["net = Network([3, 5, 2])", "net.SGD(data, 3, "], "column pairs"),
        (ONE_BY_ONE, ["net = Perceptron(3, 5, 2)", "net.learn(x, y, 0.1)"], "examples"),
        (LABELS, ["net = TwoLayerNet(3, 5, 2)", "net.loss(X, Y)", "net.params['W1'] = net.params['W1'] - 0.1 * "],
         "rows"),
        (LAYERS, ["layers = [Dense(3, 5), Tanh(), Dense(5, 2), Tanh()]", "error = out - Y",
                  "layer.backward(error, 0.1)"], "columns"),
        (FLAT, ["gradient(theta, 3, 5, 2, X, Y)", "theta = theta - 0.1 * "], "rows"),
        (DATA_INSIDE, ["net = NeuralNetwork(X, Y)", "net.feedforward()", "net.backprop()"], "rows"),
        (FIXED, ["net = Fixed()", "net.fit(X, Y)"], "rows"),
        (GLOBALS, ["train(X, Y)"], "rows"),
    ],
    ids=["rows", "columns", "no-update", "pairs", "single", "labels", "layers", "flat", "inside", "fixed", "global"],
)  # fmt: skip
def test_a_usage_is_made_for_every_shape_of_module(tmp_path: Path, text: str, expected: list[str], layout: str) -> None:
    found = _find(tmp_path, text)
    assert isinstance(found.usage, MadeUsage)
    for part in expected:
        assert part in found.usage.program.text
    assert found.usage.program.form.layout == layout


def test_a_made_usage_moves_the_weights_and_repeats(tmp_path: Path) -> None:
    usage = _find(tmp_path, ROWS).usage
    first, again = usage.run(None, seed=3), usage.run(None, seed=3)
    start = usage.run(None, seed=4)
    weights = [np.asarray(o.namespace["net"].w[0]) for o in (first, again, start)]
    assert np.array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_recorded_and_unrecorded_made_usages_agree(tmp_path: Path) -> None:
    usage = _find(tmp_path, ROWS.replace("epochs=1000", "epochs=5")).usage
    plain, recorded = usage.run(None), usage.run(Recorder(set()))
    for a, b in zip(plain.namespace["net"].w, recorded.namespace["net"].w, strict=True):
        assert np.array_equal(np.asarray(a), np.asarray(b))


def test_examples_are_tagged_on_the_tape(tmp_path: Path) -> None:
    found = _find(tmp_path, ROWS)
    assert {node.tag for node in found.recorder.tape.nodes} == {"", "X", "Y"}


def test_a_slip_that_raises_on_distinct_widths_is_kept_and_judged_on_equal_ones(tmp_path: Path) -> None:
    found = _find(tmp_path, SLIPPED)
    assert isinstance(found.usage, MadeUsage)
    assert found.usage.program.sizes == (4, 4, 4)
    assert found.usage.program.n == 4
    assert found.raised is not None
    assert found.raised.outcome.message.startswith("ValueError")
    assert "g = self.a[i].T @ d.T" in SLIPPED.split("\n")[(found.raised.outcome.line or 0) - 1]


def test_a_module_that_raises_always_is_told_with_its_line(tmp_path: Path) -> None:
    found = _find(tmp_path, ROWS.replace("self.a[i].T @ d\n", "self.a[i].T @ d[:, :, None, 7]\n"))
    assert found.score == 0.0
    assert found.raised is not None
    assert found.raised.outcome.message.startswith("IndexError")


def test_a_misspelt_attribute_is_told_with_its_line(tmp_path: Path) -> None:
    found = _find(tmp_path, ROWS.replace("- self.lr * g", "- self.rate * g"))
    assert found.raised is not None
    assert found.raised.outcome.message == "AttributeError: 'Net' object has no attribute 'rate'"


def test_gradients_that_are_returned_among_caches_are_applied(tmp_path: Path) -> None:
    text = FIXED.replace("self.W1 -= ", "g1 = ").replace("self.W2 -= h.T @ d", "return g1, h.T @ d")
    text = text.replace("def fit", "def gradients").replace("h = sigmoid", "self.h = h = sigmoid")
    usage = _find(tmp_path, text).usage
    assert isinstance(usage, MadeUsage)
    assert "net.W1 = net.W1 - 0.1 * g1" in usage.program.text


def test_the_architecture_can_be_asked_for_and_changed(tmp_path: Path) -> None:
    usage = _find(tmp_path, ROWS, sizes=(2, 4, 1)).usage
    assert isinstance(usage, MadeUsage)
    assert "Net([2, 4, 1])" in usage.program.text
    other = resized(usage, (3, 3, 3), n_examples=3)
    assert other is not None
    assert [w.shape for w in other.run(None).namespace["net"].w] == [(3, 3), (3, 3)]
    fixed = _find(tmp_path, FIXED).usage
    assert isinstance(fixed, MadeUsage)
    assert resized(fixed, (3, 3, 3)) is None


def test_the_users_names_are_not_hidden(tmp_path: Path) -> None:
    usage = _find(tmp_path, "X = 'mine'\nnet = 'mine too'\n" + ROWS).usage
    outcome = usage.run(None)
    assert (outcome.namespace["X"], outcome.namespace["net"]) == ("mine", "mine too")


def test_the_own_usage_comes_first(tmp_path: Path) -> None:
    main = (
        "\nif __name__ == '__main__':\n    net = Net([2, 3, 1])\n    net.train(np.ones((4, 2)), np.zeros((4, 1)), 30)\n"
    )
    found = _find(tmp_path, ROWS + main)
    assert (found.usage.kind, found.usage.describe()) == ("own", "python net.py")
    assert _find(tmp_path, ROWS + main, prefer="made").usage.kind == "made"


def test_a_main_that_nobody_calls(tmp_path: Path) -> None:
    text = (
        ROWS
        + "\ndef main(verbose=False):\n    net = Net([2, 3, 1])\n    net.train(np.ones((4, 2)), np.zeros((4, 1)), 9)\n"
    )
    assert _find(tmp_path, text).usage.describe() == "main()"


@pytest.mark.parametrize("test", [True, False])
def test_a_sibling_that_uses_the_module(tmp_path: Path, test: bool) -> None:
    use = "net = Net([2, 3, 1])\nnet.train(np.ones((4, 2)), np.zeros((4, 1)), 9)\n"
    body = "def test_it():\n    " + use.replace("\n", "\n    ") if test else use
    (tmp_path / "try_it.py").write_text(f"import numpy as np\nfrom net import Net\n{body}\n")
    (tmp_path / "other.py").write_text("import nothing_of_it\n")
    found = _find(tmp_path, ROWS)
    assert found.usage.kind == "own"
    assert "try_it.py" in found.usage.describe()
    assert str(tmp_path / "net.py") in found.recorder.files


@pytest.mark.parametrize(
    ("command", "described"),
    [
        ("python net.py --fast 3", "python net.py --fast 3"),
        ("python3 go.py", "python go.py"),
        ("Net([2, 3, 1]).train(np.ones((4, 2)), np.zeros((4, 1)), 9)", "Net([2, 3, 1]).train("),
    ],
)
def test_a_commanded_usage(tmp_path: Path, command: str, described: str) -> None:
    (tmp_path / "go.py").write_text("import net\n")
    [usage] = own_usages(_source(tmp_path, ROWS + "\nNet([2, 3, 1])\n"), command)
    assert usage.describe().startswith(described)
    assert usage.run(None).ended == "completed"


def test_a_command_that_makes_no_sense(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match=r"--run 'train it please' is neither a command"):
        list(own_usages(_source(tmp_path, ROWS), "train it please"))


def test_hints_choose_names_and_layout(tmp_path: Path) -> None:
    text = ROWS.replace("def train", "def alpha_beta").replace("class Net", "class Thing") + PAIRS
    found = _find(tmp_path, text, hints=Hints(network="Thing"))
    assert "Thing([3, 5, 2])" in found.usage.describe()
    assert "alpha_beta(X, Y" in found.usage.describe()
    with pytest.raises(BadArgument, match=r"--forward predikt: the module has .*forward"):
        _find(tmp_path, ROWS, hints=Hints(forward="predikt"))
    usage = _find(tmp_path, COLUMNS + UPDATE, hints=Hints(layout="columns")).usage
    assert isinstance(usage, MadeUsage)
    assert usage.program.form.layout == "columns"


def test_given_examples_are_used(tmp_path: Path) -> None:
    data = Data(np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0.0], [1], [1], [0]]))
    found = _find(tmp_path, ROWS, hints=Hints(data=data))
    assert isinstance(found.usage, MadeUsage)
    assert found.usage.program.sizes is not None
    assert (found.usage.program.sizes[0], found.usage.program.sizes[-1]) == (2, 1)
    assert np.array_equal(np.asarray(found.outcome.namespace["X"]), data.x)


ADAPTER = """
import net as m
def make(sizes, seed): return m.Odd({"widths": sizes})
def params(net): return net.p
def grads(net, X, Y): return net.bang(X, Y)
sizes = [3, 5, 2]
"""
ODD = """
import numpy as np
class Odd:
    def __init__(self, spec):
        a, b, c = spec["widths"]
        self.p = [np.full((a, b), 0.1), np.full((b, c), 0.2)]
    def bang(self, q, z):
        h = np.tanh(q @ self.p[0])
        e = h @ self.p[1] - z
        return [q.T @ ((e @ self.p[1].T) * (1 - h ** 2)), h.T @ e]
"""


def test_a_pipe_beside_the_module_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("x = 1\n")
    os.mkfifo(tmp_path / "pipe.py")
    assert list(own_usages(read_source(tmp_path / "net.py"))) == []


def test_an_adapter_beside_the_module(tmp_path: Path) -> None:
    (tmp_path / "annprobe_adapter.py").write_text(ADAPTER)
    found = _find(tmp_path, ODD)
    assert "grads(net, X, Y)" in found.usage.describe()
    assert not np.allclose(np.asarray(found.outcome.namespace["net"].p[1]), 0.2)


def test_an_empty_adapter_is_none_and_a_broken_one_is_said(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(ROWS)
    adapter = tmp_path / "annprobe_adapter.py"
    adapter.write_text("")  # a shell makes it so before `annprobe adapt net.py > annprobe_adapter.py` begins
    assert list(explicit_programs(read_source(tmp_path / "net.py"), None)) == []
    adapter.write_text("import net as m\n\ndef make(:\n")
    with pytest.raises(BadArgument, match=r"the adapter cannot be used: annprobe_adapter\.py, line 3: not valid"):
        list(explicit_programs(read_source(tmp_path / "net.py"), None))


def test_a_subject_in_the_module(tmp_path: Path) -> None:
    text = ODD + (
        "from annprobe.subject.making.adapter import Subject\n"
        "subject = Subject(make=lambda sizes, seed: Odd({'widths': sizes}), params=lambda net: net.p,\n"
        "                  grads=lambda net, X, Y: net.bang(X, Y), sign='ascent')\n"
    )
    found = _find(tmp_path, text)
    assert "subject.grads(net, X, Y)" in found.usage.describe()
    assert "+= 0.1 * gradient[key]" in found.usage.describe()


@pytest.mark.parametrize("text", [ROWS, COLUMNS + UPDATE, FIXED])
def test_the_printed_adapter_works_as_it_stands(tmp_path: Path, text: str) -> None:
    found = _find(tmp_path, text)
    assert isinstance(found.usage, MadeUsage)
    printed = adapter_text(found.usage.source, found.usage.program, sure=True)
    assert "# missing" not in printed
    (tmp_path / "annprobe_adapter.py").write_text(printed)
    [(source, program)] = explicit_programs(read_source(tmp_path / "net.py"), None)
    assert MadeUsage(source, program).run(None).message == ""


def test_an_adapter_for_nothing_known_says_what_is_missing(tmp_path: Path) -> None:
    text = adapter_text(_source(tmp_path, "x = 1\n"))
    assert text.count("# missing") == 4  # make, step, layout, targets
    compile(text, "annprobe_adapter.py", "exec")


@pytest.mark.parametrize("form", forms(2) + forms(1), ids=str)
def test_every_form_holds_the_same_examples(form: Form) -> None:
    for widths in ((3, 2), (3, 1)):
        rows = examples(Form(), widths)
        assert np.allclose(sorted(_numbers(examples(form, widths), "X")), sorted(rows["X"].ravel()))


def _numbers(made: dict[str, Any], name: str) -> list[float]:
    def flat(value: Any) -> Iterator[float]:
        if np.ndim(value):
            for item in value:
                yield from flat(item)
        else:
            yield float(value)

    if "data" in made:
        rows = made["data"]
        return [v for row in rows for v in flat(row[0] if isinstance(row, tuple) else row[:-1])]
    return list(flat(made[name]))


def test_made_examples_are_distinct_and_hold_all_classes() -> None:
    made = examples(Form(), (3, 2))
    assert len({tuple(row) for row in made["X"]}) == 7
    assert made["Y"].sum(axis=1).tolist() == [1.0] * 7
    assert (np.abs(made["X"]) >= 0.1).all()


@pytest.mark.parametrize(
    ("name", "stage"),
    [("feedForward", "forward"), ("L_model_backward", "backward"), ("treinar", "train"),
     ("costFunctionPrime", "backward"), ("update_mini_batch", "update"), ("init_params", "make"),
     ("compute_loss", "cost"), ("back_propogate", "backward"), ("check_gradient", "other"),
     ("gradient_decent", "train")],
)  # fmt: skip
def test_stages_from_names(name: str, stage: str) -> None:
    assert stage_of(name) == stage


@pytest.mark.parametrize(
    ("name", "making", "role"),
    [("numInputs", True, "n_in"), ("hidden_layers", True, "n_hidden"), ("n_y", True, "n_out"), ("inputs", False, "X"),
     ("layers_dims", True, "sizes"), ("learning_rate", True, "rate"), ("expected_output", False, "Y"),
     ("training_data", False, "pairs"),
     ("activation_prime", True, "slope"), ("nn_params", False, "theta"), ("rng", True, "rng")],
)  # fmt: skip
def test_roles_from_names(name: str, making: bool, role: str) -> None:
    assert roles_of(name, making=making)[0] == role


@pytest.mark.parametrize(
    ("parameters", "gradients", "expected"),
    [
        ({"W": np.ones((2, 3))}, {"dW": np.ones((2, 3))}, ["W = W - 0.1 * dW"]),
        ({"p": {"W1": np.ones((2, 3)), "b1": np.ones(3)}}, {"g": {"dW1": np.ones((2, 3)), "db1": np.ones(3)}},
         ["p['W1'] = p['W1'] - 0.1 * g['dW1']", "p['b1'] = p['b1'] - 0.1 * g['db1']"]),
        ({"ws": [np.ones((2, 3)), np.ones((3, 1))]}, {"grads": [np.ones((2, 3)), np.ones((3, 1))]},
         ["ws[0] = ws[0] - 0.1 * grads[0]", "ws[1] = ws[1] - 0.1 * grads[1]"]),
        ({"ws": (np.ones((2, 3)),)}, {"g": (np.ones((2, 3)),)}, ["ws[0][...] -= 0.1 * g[0]"]),
        ({"ws": [np.ones((2, 3)), np.ones((3, 1))]}, {"grads": [np.ones((3, 1)), np.ones((2, 3))]},
         ["ws[0] = ws[0] - 0.1 * grads[1]", "ws[1] = ws[1] - 0.1 * grads[0]"]),
        ({"W": np.ones((2, 3))}, {"dW": np.ones((3, 2))}, []),
        ({"W": np.ones((2, 3))}, {"cost": 3.0}, []),
    ],
)  # fmt: skip
def test_descents_are_written_where_gradients_correspond(
    parameters: dict[str, Any], gradients: dict[str, Any], expected: list[str]
) -> None:
    assert descent(parameters, gradients) == expected


def test_changes_are_seen_inside_of_objects() -> None:
    class Unit:
        __slots__ = ("weights",)

        def __init__(self) -> None:
            self.weights = [0.5, 0.25]

    class Holder:
        def __init__(self) -> None:
            self.units = [Unit(), Unit()]
            self.table = {"W": np.zeros((2, 2))}
            self.self = self

    holder = Holder()
    before = leaves(holder)
    holder.units[1].weights[0] = 0.75
    holder.table["W"][0, 0] = 1
    assert set(compare(before, leaves(holder)).changed) == {".units[1].weights[0]", ".table['W']"}


def test_the_workshop_puts_the_modules_variables_back(tmp_path: Path) -> None:
    workshop = Workshop(_source(tmp_path, GLOBALS), 10.0)
    before = workshop.namespace["W"].copy()
    workshop.attempt("train(np.ones((4, 3)), np.ones((4, 2)))\nmade = 1", {})
    assert np.array_equal(workshop.namespace["W"], before)
    assert "made" not in workshop.namespace


def test_callables_are_read_with_their_results(tmp_path: Path) -> None:
    workshop = Workshop(_source(tmp_path, COLUMNS + ROWS), 10.0)
    functions = functions_of(workshop.tree, workshop.namespace)
    assert functions["forward_propagation"].returns[0] == "A2"
    assert [p.name for p in functions["backward_propagation"].parameters] == ["parameters", "cache", "X", "Y"]
    net = classes_of(workshop.tree, workshop.namespace)["Net"]
    assert [(p.name, p.optional) for p in net.constructor.parameters] == [("layers", False), ("lr", True)]
    assert net.methods["train"].calls >= {"forward"}


def test_a_module_without_anything_to_call_gives_no_usage(tmp_path: Path) -> None:
    assert list(made_usages(_source(tmp_path, "x = 1\n"), seconds=5)) == []
