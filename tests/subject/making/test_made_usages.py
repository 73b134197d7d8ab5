"""Usages that are made by calling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from annprobe.subject.usage import MadeUsage, made_usages, resized
from annprobe.tape import Recorder
from tests.subject.modules import (
    COLUMNS,
    DATA_INSIDE,
    FIXED,
    FLAT,
    GLOBALS,
    LABELS,
    LAYERS,
    ONE_BY_ONE,
    PAIRS,
    ROWS,
    SLIPPED,
    UPDATE,
    found_usage,
    source_of,
)


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
    found = found_usage(tmp_path, text)
    assert isinstance(found.usage, MadeUsage)
    for part in expected:
        assert part in found.usage.program.text
    assert found.usage.program.form.layout == layout


def test_a_made_usage_moves_the_weights_and_repeats(tmp_path: Path) -> None:
    usage = found_usage(tmp_path, ROWS).usage
    first, again = usage.run(None, seed=3), usage.run(None, seed=3)
    start = usage.run(None, seed=4)
    weights = [np.asarray(o.namespace["net"].w[0]) for o in (first, again, start)]
    assert np.array_equal(weights[0], weights[1])
    assert not np.array_equal(weights[0], weights[2])


def test_recorded_and_unrecorded_made_usages_agree(tmp_path: Path) -> None:
    usage = found_usage(tmp_path, ROWS.replace("epochs=1000", "epochs=5")).usage
    plain, recorded = usage.run(None), usage.run(Recorder(set()))
    for a, b in zip(plain.namespace["net"].w, recorded.namespace["net"].w, strict=True):
        assert np.array_equal(np.asarray(a), np.asarray(b))


def test_examples_are_tagged_on_the_tape(tmp_path: Path) -> None:
    found = found_usage(tmp_path, ROWS)
    assert {node.tag for node in found.recorder.tape.nodes} == {"", "X", "Y"}


def test_a_slip_that_raises_on_distinct_widths_is_kept_and_judged_on_equal_ones(tmp_path: Path) -> None:
    found = found_usage(tmp_path, SLIPPED)
    assert isinstance(found.usage, MadeUsage)
    assert found.usage.program.sizes == (4, 4, 4)
    assert found.usage.program.n == 4
    assert found.raised is not None
    assert found.raised.outcome.message.startswith("ValueError")
    assert "g = self.a[i].T @ d.T" in SLIPPED.split("\n")[(found.raised.outcome.line or 0) - 1]


def test_a_module_that_raises_always_is_told_with_its_line(tmp_path: Path) -> None:
    found = found_usage(tmp_path, ROWS.replace("self.a[i].T @ d\n", "self.a[i].T @ d[:, :, None, 7]\n"))
    assert found.score == 0.0
    assert found.raised is not None
    assert found.raised.outcome.message.startswith("IndexError")


def test_a_misspelt_attribute_is_told_with_its_line(tmp_path: Path) -> None:
    found = found_usage(tmp_path, ROWS.replace("- self.lr * g", "- self.rate * g"))
    assert found.raised is not None
    assert found.raised.outcome.message == "AttributeError: 'Net' object has no attribute 'rate'"


def test_gradients_that_are_returned_among_caches_are_applied(tmp_path: Path) -> None:
    text = FIXED.replace("self.W1 -= ", "g1 = ").replace("self.W2 -= h.T @ d", "return g1, h.T @ d")
    text = text.replace("def fit", "def gradients").replace("h = sigmoid", "self.h = h = sigmoid")
    usage = found_usage(tmp_path, text).usage
    assert isinstance(usage, MadeUsage)
    assert "net.W1 = net.W1 - 0.1 * g1" in usage.program.text


def test_the_architecture_can_be_asked_for_and_changed(tmp_path: Path) -> None:
    usage = found_usage(tmp_path, ROWS, sizes=(2, 4, 1)).usage
    assert isinstance(usage, MadeUsage)
    assert "Net([2, 4, 1])" in usage.program.text
    other = resized(usage, (3, 3, 3), n_examples=3)
    assert other is not None
    assert [w.shape for w in other.run(None).namespace["net"].w] == [(3, 3), (3, 3)]
    fixed = found_usage(tmp_path, FIXED).usage
    assert isinstance(fixed, MadeUsage)
    assert resized(fixed, (3, 3, 3)) is None


def test_the_users_names_are_not_hidden(tmp_path: Path) -> None:
    usage = found_usage(tmp_path, "X = 'mine'\nnet = 'mine too'\n" + ROWS).usage
    outcome = usage.run(None)
    assert (outcome.namespace["X"], outcome.namespace["net"]) == ("mine", "mine too")


def test_a_module_without_anything_to_call_gives_no_usage(tmp_path: Path) -> None:
    assert list(made_usages(source_of(tmp_path, "x = 1\n"), seconds=5)) == []
