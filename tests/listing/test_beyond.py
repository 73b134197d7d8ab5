"""Bugs outside the catalogue: line, family and words of some of each kind. The whole runs with the table."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

from annprobe.listing.joined import picked
from annprobe.listing.statements import arguments_of, finished_sum, taken_by_index
from annprobe.tape.nodes import Node, Ref, Tape
from tests.listing.planting import plants, right
from tests.listing.table import outcome
from tests.reading import read


@pytest.mark.parametrize("network", ["two_convs", "causal_attention", "gated_unit", "residual_mlp", "batchnorm_pair"])
def test_the_right_network_is_not_accused(network: str, tmp_path: Path) -> None:
    module = tmp_path / "net.py"
    module.write_text(right(network))
    understanding, findings = read(module)
    assert understanding is not None
    assert understanding.hypothesis is not None
    assert all(judged.right for judged in understanding.hypothesis.judged)
    assert findings == ()


@pytest.mark.parametrize(
    ("network", "fault", "family", "words"),
    [
        ("residual_mlp", "residual-no-skip", "unknown", "what comes back through"),
        ("causal_attention", "attention-skip-forgotten", "unknown", "what comes back through"),
        ("causal_attention", "attention-softmax-sign", "sign", "a sign is turned"),
        ("batchnorm_pair", "bn-gamma-forgotten", "unknown", "the forward pass multiplies xhat by"),
        ("gated_unit", "gate-forgotten", "unknown", ""),
        ("attention_toy", "attention-keys-for-values", "layer-index", "the tanh of V is taken"),
        ("skipgram", "embedding-raw-output", "unknown", "a factor too many"),
    ],
)
def test_a_fault_that_was_missed_or_misnamed_once(network: str, fault: str, family: str, words: str) -> None:
    result = outcome(next(plant for plant in plants(network) if plant.mutant == fault))
    assert result.line, result
    assert result.extra == 0, result
    assert [found[1] for found in result.found] == [family]
    assert words in result.found[0][2]


@pytest.mark.parametrize(
    ("fault", "family"),
    [
        ("bs-slice-last", "bias"),  # one weight further on in the row of the same unit
        ("dr-no-weights", "layer-index"),  # each term of the sum lacks a weight of its own
        ("ad-of-error", "activation-derivative"),
        ("ad-missing-all", "activation-derivative"),  # the sum is finished after the loop
        ("li-deriv-wrong-layer", "activation-derivative"),  # the array is chosen in a line before
        ("gp-no-outer", "layer-index"),
    ],
)
def test_networks_of_single_numbers(fault: str, family: str) -> None:
    result = outcome(next(plant for plant in plants("pure") if plant.mutant == fault))
    assert result.line, result
    assert result.extra == 0, result
    assert {found[1] for found in result.found} <= result.plant.families | {family}, result


def test_entries_of_a_joined_array_are_those_of_the_values_that_were_joined() -> None:
    tape = Tape()
    for value in (np.ones(2), np.zeros(3)):
        tape.nodes.append(Node("leaf", None, (), {}, value, "leaf", 0, 0, ()))
    parts = [Ref(0), Ref(1)]
    joined = Node("concatenate", lambda a: np.concatenate(a), (parts,), {}, np.r_[1, 1, 0, 0, 0], "op", 0, 0, (0, 1))
    tape.nodes.append(joined)
    for index, sources in ((1, [0]), (slice(2, 4), [1]), (slice(1, 3), [0, 1])):
        value = joined.value[index]
        tape.nodes.append(Node("getitem", lambda a, i: a[i], (Ref(2), index), {}, value, "op", 0, 0, (2,)))
        assert list(picked(tape, len(tape) - 1)) == sources
    assert list(picked(tape, 2)) == [0, 1]


_LOOP = """
def backward(out, deltas):
    for j in range(3):
        error = 0.0
        for k in range(4):
            error += deltas[k]
        row.append(error)
    return row
"""


def test_a_sum_is_finished_after_its_loop() -> None:
    tree = ast.parse(_LOOP)
    adding = next(node for node in ast.walk(tree) if isinstance(node, ast.AugAssign))
    after = finished_sum(tree, adding)
    assert after is not None
    assert ast.unparse(after) == "row.append(error)"
    assert arguments_of(tree, adding) == {"out", "deltas"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("def f(z, i):\n    a = z[i]\n    d = a * (1 - a)\n", ["a"]),
        ("def f(z, i):\n    a = z[i] if i else z[i + 1]\n    d = a * (1 - a)\n", ["a"]),
        ("def f(z, i):\n    a = z[0]\n    d = a * (1 - a)\n", []),  # no index that could be another one
        ("def f(z, i):\n    a = z[i]\n    a = a + 1\n    d = a * (1 - a)\n", []),  # more than taken out
    ],
)
def test_arrays_taken_out_of_a_list(text: str, names: list[str]) -> None:
    tree = ast.parse(text)
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    assert [name for name, _ in taken_by_index(tree, function.body[-1])] == names
