"""Strategies: legal values, ideal shrinking, messages for misuse."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from annprobe import catalog, strategies
from annprobe.engine.activations import ACTIVATIONS
from annprobe.engine.architecture import Architecture, fits
from annprobe.engine.costs import COSTS
from annprobe.engine.network import Network
from annprobe.engine.setup import Setup
from annprobe.engine.steps import evaluate
from annprobe.engine.tasks import Task

SEARCH = settings(database=None, deadline=None, max_examples=3000, phases=(Phase.generate, Phase.shrink))


def gradient_differs(id: str) -> Callable[[Network], bool]:
    """Does the mutant run here and give another gradient?"""
    steps = catalog.get(id).steps

    def condition(n: Network) -> bool:
        try:
            wrong = evaluate(n.architecture, n.W, n.X, n.Y, steps).gradient()
        except ValueError:
            return False
        right = evaluate(n.architecture, n.W, n.X, n.Y).gradient()
        return any(np.abs(a - b).max() > 1e-6 for a, b in zip(wrong, right, strict=True))

    return condition


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(("id", "widths", "not_zero"), [
    ("li-delta-weights-own", (1, 1, 1), 2),  # the deltas come from the output's bias; one weight tells the layers apart
    ("tr-delta-w", (1, 2, 2), 2),
    ("bs-slice-last", (1, 1, 1), 1),
])
def test_planted_faults_shrink_to_the_ideal(id: str, widths: tuple[int, ...], not_zero: int, seed: int) -> None:
    n = find(strategies.networks(), gradient_differs(id), settings=SEARCH, random=Random(seed))
    assert n.architecture == Architecture.of(widths, "identity", "identity")
    assert n.N == 1
    numbers = np.concatenate([np.ravel(x) for x in (*n.W, n.X, n.Y)])
    assert set(numbers) == {0.0, 1.0}
    assert np.count_nonzero(numbers) == not_zero
    assert (n.unit, n.setup) == (1.0, Setup(iterations=100))


def test_the_smallest_of_everything() -> None:
    def smallest(strategy: st.SearchStrategy[object]) -> object:
        return find(strategy, lambda value: True, settings=SEARCH)

    assert smallest(strategies.architectures()) == Architecture.of((1, 1), output="identity")
    assert smallest(strategies.activations()) == "identity"
    assert smallest(strategies.costs()) == "squared error"
    assert smallest(strategies.training_setups()) == Setup(iterations=1)
    assert find(strategies.tasks(), lambda task: True, settings=SEARCH).name == "and"


@settings(max_examples=200)
@given(strategies.networks(max_layers=2, max_width=3, max_examples=4))
def test_networks_keep_their_bounds(n: Network) -> None:
    assert 1 <= n.architecture.L <= 2
    assert max(n.architecture.widths) <= 3
    assert 1 <= n.N <= 4
    assert fits(n.architecture.activation(n.architecture.L), n.architecture.cost_function)
    if n.architecture.cost_function.one_hot:
        assert n.Y.sum(axis=1).tolist() == [1.0] * n.N
    if n.architecture.cost_function.binary:
        assert set(np.unique(n.Y)) <= {0.0, 1.0}


@settings(max_examples=100)
@given(st.data())
def test_parameters_and_datasets_fit_their_architecture(data: st.DataObject) -> None:
    architecture = data.draw(strategies.architectures(max_layers=4, max_width=9))
    W = data.draw(strategies.parameters(architecture))
    X, Y = data.draw(strategies.datasets(architecture, min_examples=2, max_examples=3))
    assert Network(architecture, W, X, Y).N in (2, 3)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_is_drawn_at_the_output(name: str) -> None:
    find(strategies.architectures(), lambda a: a.activations[-1] == name, settings=SEARCH)


@pytest.mark.parametrize("name", COSTS)
def test_every_cost_is_drawn(name: str) -> None:
    find(strategies.networks(), lambda n: n.architecture.cost == name, settings=SEARCH)


def test_saturated_units_are_found() -> None:
    found = find(strategies.networks(), lambda n: bool(abs(n.W[0][0, 0]) >= 1000), settings=SEARCH)
    assert found.architecture.widths == (1, 1)


@given(strategies.big_networks(min_width=20, max_width=40))
@settings(max_examples=10)
def test_big_networks_are_big(n: Network) -> None:
    assert min(n.architecture.widths) >= 20
    assert np.count_nonzero(n.W[0]) == n.W[0].size


def test_mutants_are_drawn_from_the_catalogue() -> None:
    bias = {m.id for m in catalog.select("bias")}
    for _ in range(3):
        assert find(strategies.mutants(family="bias"), lambda m: True, settings=SEARCH).id in bias


@pytest.mark.parametrize(("make", "message"), [
    (lambda: strategies.architectures(min_layers=3, max_layers=2), "min_layers=3, max_layers=2"),
    (lambda: strategies.architectures(min_width=0), "min_width=0"),
    (lambda: strategies.networks(max_width=40), "use big_networks"),
    (lambda: strategies.networks(min_examples=0), "min_examples=0"),
    (lambda: strategies.datasets(Architecture.of((2, 1)), min_examples=5, max_examples=1), "min_examples=5"),
    (lambda: strategies.tasks(names=["nand"]), "no task 'nand'"),
    (lambda: strategies.tasks(names=["digits"], max_inputs=3), "at most max_inputs=3"),
    (lambda: strategies.training_setups(max_batch=0), "max_batch=0"),
])
def test_misuse_is_an_invalid_argument_when_drawn(make: Callable[[], st.SearchStrategy[object]], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        find(make(), lambda value: True, settings=SEARCH)


def test_activations_for_an_unknown_cost() -> None:
    with pytest.raises(InvalidArgument, match="output_of='hinge'"):
        strategies.activations(output_of="hinge")


@pytest.mark.parametrize("kind", [Architecture, Network, Setup, Task])
def test_types_are_registered(kind: type) -> None:
    assert isinstance(find(st.from_type(kind), lambda value: True, settings=SEARCH), kind)


def imported_by(program: str) -> set[str]:
    code = f"{program}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_door_for_hypothesis_is_light() -> None:
    door = "from annprobe.hypothesis_entry import register; register()"
    assert "numpy" not in imported_by(door)
    assert "annprobe.strategies" in imported_by(f"import annprobe.engine.training; {door}")  # so the test can fail


def test_the_marker_is_light() -> None:
    assert "numpy" not in imported_by("import annprobe.engine.marking")
