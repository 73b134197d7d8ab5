"""The law suite over the whole catalogue."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from annprobe import catalog
from annprobe.catalog import Mutant
from annprobe.engine.activations import ACTIVATIONS
from annprobe.engine.architecture import REDUCTIONS, Architecture, fits
from annprobe.engine.checks import judge
from annprobe.engine.costs import COSTS
from annprobe.engine.network import Network, random_network, same
from annprobe.engine.observe import GROUP_OF, Observation, group, observe, words
from annprobe.engine.setup import OPTIMISERS, Data, Setup
from annprobe.engine.steps import REFERENCE, SLOTS
from annprobe.engine.tasks import make
from annprobe.engine.training import Run, train
from annprobe.exhibits.store import stored, unpack

OWN = [m for m in catalog.load().values() if m.origin.startswith("annprobe.mutants")]
TRAINED = [m for m in OWN if GROUP_OF.get(m.step, "pass") in ("pass", "settings", "data", "start", "batches")]
DRAWS = 8  # of random values, before a mutant counts as silent
ids = pytest.mark.parametrize("mutant", OWN, ids=lambda m: m.id)


def test_the_catalogue_is_large_enough() -> None:
    assert len(OWN) >= 130
    assert len(catalog.families()) >= 16


@ids
def test_exactly_one_step_differs(mutant: Mutant) -> None:
    assert mutant.steps.differences(REFERENCE) == (mutant.step,)


@ids
def test_it_is_a_bug_on_its_own_exhibit(mutant: Mutant) -> None:
    exhibit = stored()[mutant.id]
    network, what = unpack(exhibit.network), group(mutant.steps)
    mine, right = observe(mutant.steps, network, what), observe(REFERENCE, network, what)
    assert mine.differences(right)
    if exhibit.quantity == "fault":
        assert mine.fault == exhibit.wrong
    elif exhibit.quantity in ("settings", "architecture"):
        texts = [words(observed.values[exhibit.quantity][0]) for observed in (right, mine)]
        assert texts == [*exhibit.right, *exhibit.wrong]
    elif not exhibit.quantity.startswith("verdict"):
        for values, shown in ((right.values, exhibit.right), (mine.values, exhibit.wrong)):
            printed = [np.array(array, dtype=np.float64) for array in shown]  # also of "nan" and "inf"
            assert same(values[exhibit.quantity], printed, 1e-7)


@ids
def test_the_check_that_claims_it_kills_it_and_passes_the_reference(mutant: Mutant) -> None:
    network = unpack(stored()[mutant.id].network)
    if mutant.seen_by is None:
        pytest.skip("equivalent")
    assert judge(mutant.seen_by, REFERENCE, network).passed
    assert not judge(mutant.seen_by, mutant.steps, network).passed


def test_exhibits_are_small() -> None:
    sums = sorted(sum(stored()[m.id].widths) for m in OWN)
    assert sums[int(0.9 * len(sums))] <= 6
    assert sums[-1] <= 12


def random_architecture(rng: np.random.Generator, layers: int) -> Architecture:
    hidden = [name for name, f in ACTIVATIONS.items() if not f.coupled]
    pairs = [(f, c) for f in ACTIVATIONS for c in COSTS if fits(ACTIVATIONS[f], COSTS[c])]
    output, cost = pairs[rng.integers(len(pairs))]
    widths = [int(rng.integers(1, 4))] * (layers + 1) if rng.random() < 0.4 else rng.integers(1, 5, layers + 1).tolist()
    if output == "softmax" or COSTS[cost].one_hot:
        widths[-1] = max(widths[-1], 2)
    names = (*(hidden[k] for k in rng.integers(len(hidden), size=layers - 1)), output)
    return Architecture(tuple(widths), names, cost, REDUCTIONS[rng.integers(2)], float(rng.choice([0.0, 0.3])),
                        bool(rng.integers(2)))


def random_setup(rng: np.random.Generator, draw: int) -> Setup:
    batch = [None, 2, 3, 10][rng.integers(4)]
    initialiser = ["xavier", "zeros", "constant", "normal"][rng.integers(4)]
    return Setup([0.5, 1.0][rng.integers(2)], 100, OPTIMISERS[rng.integers(3)], batch, initialiser, seed=draw)


def draws(case: int) -> list[Network]:
    """One architecture and setting with several random values."""
    rng = np.random.default_rng(case)
    architecture, examples = random_architecture(rng, 1 + case % 3), int(rng.integers(1, 6))
    setup, unit = random_setup(rng, 0), float(rng.choice([1.0, 255.0]))
    setups = [replace(setup, seed=k) for k in range(DRAWS)]
    return [random_network(architecture, examples, rng, s, unit) for s in setups]


def visible(mutant: Mutant, network: Network, right: Observation) -> bool:
    names = observe(mutant.steps, network, group(mutant.steps)).differences(right)
    if mutant.silent.here_only:  # it holds at these values, not after a step of training
        names = tuple(name for name in names if "training" not in name)
    return bool(names)


@pytest.mark.parametrize("case", range(9))
def test_it_is_silent_exactly_where_it_says(case: int) -> None:
    networks = draws(case)
    right: dict[tuple[str, int], Observation] = {}
    wrong = []
    for mutant in OWN:
        says, shows = [], False
        for k, network in enumerate(networks):
            what = group(mutant.steps)
            if (what, k) not in right:
                right[what, k] = observe(REFERENCE, network, what)
            says.append(mutant.silent.holds(network))
            shows = visible(mutant, network, right[what, k])
            if shows and says[-1]:
                wrong.append(f"{mutant.id} is silent for {mutant.silent.text}, but shows")
            if shows or says[-1]:
                break
        if not shows and not any(says):
            wrong.append(f"{mutant.id} never shows")
    assert wrong == [], f"on {networks[0].architecture}, N = {networks[0].N}, {networks[0].setup}"


@pytest.mark.parametrize("what", sorted({group(m.steps) for m in OWN}))
def test_no_two_mutants_are_the_same_function(what: str) -> None:
    chosen = [m for m in OWN if group(m.steps) == what]
    alike = set(itertools.combinations((m.id for m in chosen), 2))
    for network in distinguishing(what):
        seen = {id: observe(catalog.get(id).steps, network, what) for id in {id for pair in alike for id in pair}}
        alike = {(a, b) for a, b in alike if not seen[a].differences(seen[b]) and seen[a].fault == seen[b].fault}
    # two that are both equal to the reference in all of these networks are told apart by their exhibits
    exhibits = stored()
    for a, b in alike:
        networks = [unpack(exhibits[id].network) for id in (a, b)]
        pair = [catalog.get(id).steps for id in (a, b)]
        assert any(observe(pair[0], n, what).differences(observe(pair[1], n, what)) for n in networks), (a, b)


def distinguishing(what: str) -> list[Network]:
    """Networks on which different functions differ: deep, square and not, of every activation."""
    rng = np.random.default_rng(0)
    if what in ("checker", "start", "settings", "data", "batches", "records"):
        architecture = Architecture.of((2, 3, 2), "tanh")
        return [random_network(architecture, 5, rng, Setup(0.5, 100, batch=2), 255.0)]
    result = []
    for widths in ((3, 3, 3, 3, 3), (2, 3, 4, 2), (2, 3, 1)):
        for hidden, output, cost in (("sigmoid", "sigmoid", "squared error"), ("relu", "softmax", "squared error"),
                                     ("tanh", "sigmoid", "binary cross-entropy"),
                                     ("leaky relu", "identity", "halved squared error")):
            for optimiser in ("momentum", "adam"):
                architecture = Architecture.of(widths, hidden, output, cost, l2=0.1)
                result.append(random_network(architecture, 5, rng, Setup(0.5, 100, optimiser, batch=3)))
    certain = random_network(Architecture.of((2, 3, 1), cost="binary cross-entropy"), 8, rng)
    return [*result, replace(certain, W=tuple(1e3 * w for w in certain.W))]


def runs(mutants: list[Mutant], batch: int | None) -> list[Run]:
    task = make("copy")
    architecture = task.architecture((3, 3), "tanh", "sigmoid")
    data = Data(task.data.X, task.data.Y)
    setups = [Setup(0.7, 3, "momentum", batch, seed=seed) for seed in (0, 1)]
    return [Run(architecture, setup, data, m.steps) for m in mutants for setup in setups]


@pytest.mark.parametrize("batch", [None, 3])
def test_a_stack_of_mutants_trains_as_they_train_alone(batch: int | None) -> None:
    together = train(runs(TRAINED, batch), every=1)
    for run_of, trace in zip(runs(TRAINED, batch), together, strict=True):
        alone = train([run_of], every=1)[0]
        assert alone.fault == trace.fault
        assert same(trace.W, alone.W, 1e-12)
        assert same([trace.outputs, trace.cost], [alone.outputs, alone.cost], 1e-12)


def test_two_runs_with_one_seed_agree_bit_for_bit() -> None:
    first, second = train(runs(TRAINED, 3), every=1), train(runs(TRAINED, 3), every=1)
    for a, b in zip(first, second, strict=True):
        for left, right in zip((*a.W, a.cost), (*b.W, b.cost), strict=True):
            np.testing.assert_array_equal(left, right)


def test_double_faults_compose() -> None:
    rng = np.random.default_rng(1)
    pass_mutants = [m for m in OWN if m.step in SLOTS and m.step != "update"]
    network = random_network(Architecture.of((3, 3, 3, 3), "tanh"), 4, rng)
    composed = 0
    for _ in range(150):
        pair = [pass_mutants[k] for k in rng.choice(len(pass_mutants), 2, replace=False)]
        if pair[0].step == pair[1].step:
            continue
        steps = catalog.compose(pair)
        assert set(steps.differences(REFERENCE)) == {m.step for m in pair}
        both = observe(steps, network, "pass")
        singles = [observe(m.steps, network, "pass") for m in pair]
        if all(single.fault is None for single in singles) and both.fault is None:
            composed += bool(both.differences(singles[0])) and bool(both.differences(singles[1]))
    assert composed > 60


def test_two_signs_cancel() -> None:
    steps = catalog.compose([catalog.get("ld-sign"), catalog.get("sg-update")])
    task = make("xor")
    data, setup = Data(task.data.X, task.data.Y), Setup(4.0, 50)
    plain, twice = train([Run(task.architecture(), setup, data), Run(task.architecture(), setup, data, steps)])
    assert same(plain.W, twice.W, 1e-12)


def test_equivalent_mutants_are_few_and_reasoned() -> None:
    equivalent = [m for m in OWN if m.seen_by is None]
    assert [m.id for m in equivalent] == ["ad-relu-ge"]
    assert all("quivalent" in m.summary for m in equivalent)
