"""The user's own checker as the subject: who is to blame, which bug of the checker, and what its test is blind to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from annprobe.errors import BadArgument
from annprobe.gradcheck import blind_spots, judge_checker
from annprobe.gradcheck.checker_steps import diagonal_derivatives
from annprobe.gradcheck.checkers import CheckerVerdict

from .networks import network

Array = NDArray[Any]
N = 7
NET, THETA = network((2, 3, 4, 2), N)
TRUE = NET.gradient(THETA)
SECOND, THIRD = diagonal_derivatives(NET.cost, THETA)


def central(cost: Callable[[Array], Any], h: float, *, twice: bool = True, one_sided: bool = False) -> Array:
    """A user's numerical gradient, weight by weight."""
    out = np.empty(THETA.size)
    for i in range(THETA.size):
        up, down = THETA.copy(), THETA.copy()
        up[i] += h
        down[i] -= 0 if one_sided else h
        out[i] = (cost(up) - cost(down)) / (h if one_sided or not twice else 2 * h)
    return out


def verdict(analytic: Array, numerical: Array, **options: Any) -> CheckerVerdict:
    return judge_checker(
        analytic, numerical, TRUE, parameters=THETA, cost=float(NET.cost(THETA)), second=SECOND, third=THIRD,
        n_examples=N, **options,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("analytic", "numerical", "blame"),
    [
        (TRUE, central(NET.cost, 1e-5), "neither"),
        (TRUE, 2 * TRUE, "checker"),
        (-TRUE, central(NET.cost, 1e-5), "backpropagation"),
        (-TRUE, 2 * TRUE, "both"),
        (TRUE / N, TRUE / N, "shared"),
    ],
)
def test_the_table_of_verdicts(analytic: Array, numerical: Array, blame: str) -> None:
    assert verdict(analytic, numerical).blame == blame


@pytest.mark.parametrize(
    ("numerical", "bug"),
    [
        (central(NET.cost, 1e-5, twice=False), "forgets the 2 of 2ε"),
        (central(NET.cost, 1e-3, one_sided=True), "one-sided difference"),
        (central(NET.cost, 0.1), "step too large"),
        (central(NET.cost, 1e-11), "step too small"),
        (0 * TRUE, "does not perturb"),
        (N * TRUE, "mean against sum"),
        (-TRUE, "wrong sign"),
        (TRUE + 0.01 * THETA, "penalty on one side"),
        (np.full_like(TRUE, np.nan), "not finite"),
        (central(lambda t: NET.forward(NET.split(t))[-1][2].sum(), 1e-5), "differentiates something else"),
        (THETA, "prints the weights"),
        (TRUE, "compares backpropagation with itself"),
    ],
)
def test_each_bug_of_a_checker_is_named(numerical: Array, bug: str) -> None:
    assert verdict(TRUE, numerical).bugs[0] == bug


@pytest.mark.parametrize("h", [1e-2, 1e-3, 1e-4])
def test_the_step_of_a_one_sided_difference_is_recovered(h: float) -> None:
    assert verdict(TRUE, central(NET.cost, h, one_sided=True)).step == pytest.approx(h, rel=0.1)


@pytest.mark.parametrize("h", [1e-10, 1e-11, 1e-13])
def test_the_step_is_recovered_from_the_last_places_of_the_cost(h: float) -> None:
    result = verdict(TRUE, central(NET.cost, h))
    assert result.bugs == ("step too small",)
    assert result.step == pytest.approx(h)


def test_a_sound_checker_has_no_bug() -> None:
    for h in (1e-4, 1e-5, 1e-6):
        result = verdict(TRUE, central(NET.cost, h), passed=True)
        assert (result.blame, result.bugs, result.misled) == ("neither", (), False)


def test_weights_in_the_analytic_column_and_1_over_n_between_the_columns() -> None:
    assert verdict(THETA, central(NET.cost, 1e-5)).bugs == ("prints the weights",)
    scaled = verdict(TRUE / N, central(NET.cost, 1e-5))
    assert (scaled.blame, scaled.analytic.name, scaled.bugs) == ("backpropagation", "1/N", ("mean against sum",))


def test_a_check_that_passed_a_wrong_gradient_misled() -> None:
    assert verdict(-TRUE, TRUE, passed=True).misled
    assert verdict(TRUE, TRUE * 2, passed=False).misled


def test_a_check_that_leaves_the_weights_moved_is_named() -> None:
    def piling_up(h: float) -> tuple[Array, Array]:
        at, out = THETA.copy(), np.empty_like(THETA)
        for i in range(at.size):
            at[i] += h
            above = NET.cost(at)
            at[i] -= 2 * h
            out[i] = (above - NET.cost(at)) / (2 * h)
        return out, at

    numerical, after = piling_up(1e-2)
    result = judge_checker(TRUE, numerical, TRUE, parameters=THETA, after=after)
    assert (result.blame, result.bugs) == ("checker", ("does not put the weights back",))
    unmoved = judge_checker(TRUE, numerical, TRUE, parameters=THETA, after=THETA)
    assert unmoved.bugs == ("differentiates something else",)


def test_a_check_that_leaves_arrays_out_is_named() -> None:
    first, *others = NET.split(central(NET.cost, 1e-5))
    true = NET.split(TRUE)
    assert judge_checker(true, [first, *(0 * part for part in others)], true).bugs == ("leaves arrays out",)


def test_what_was_differentiated_instead_is_found_among_the_alternatives() -> None:
    def output(theta: Array) -> Any:
        return NET.forward(NET.split(theta))[-1][2].sum()

    meant = {"another batch": THETA**2, "the output": central(output, 1e-5)}
    numerical = central(output, 1e-5)
    assert judge_checker(TRUE, numerical, TRUE, alternatives=meant).instead == "the output"
    assert judge_checker(meant["another batch"], TRUE, TRUE, alternatives=meant).instead == "another batch"
    assert judge_checker(TRUE, TRUE, TRUE, alternatives=meant).instead is None


def test_a_cost_in_single_precision_is_told_by_its_last_places() -> None:
    numerical = central(lambda theta: float(np.float32(NET.cost(theta))), 1e-5)
    result = verdict(TRUE, numerical)
    assert result.bugs == ("single precision",)
    assert result.step == pytest.approx(1e-5)


def test_a_check_of_backpropagation_with_itself_is_named_and_nothing_else() -> None:
    assert verdict(2 * TRUE, 2 * TRUE).bugs == ("compares backpropagation with itself",)


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(BadArgument, match="numerical 3"):
        judge_checker(TRUE, TRUE[:3], TRUE)


def leaves(nest: Any) -> Array:
    return np.concatenate([np.ravel(item) for item in nest])


def relative(a: Any, n: Any) -> float:
    a, n = leaves(a), leaves(n)
    return float(np.max(np.abs(a - n) / np.maximum(np.abs(a) + np.abs(n), 1e-12)))


CRITERIA: dict[str, tuple[Callable[[Any, Any], bool], set[str]]] = {
    "sound": (lambda a, n: relative(a, n) <= 1e-6, set()),
    "tautology": (lambda a, n: True, {"sign of all", "anything", "undefined", "one array zero"}),
    "signs": (lambda a, n: bool(np.all(np.sign(leaves(a)) == np.sign(leaves(n)))), {"scale of all", "sizes scrambled"}),
    "cosine": (
        lambda a, n: bool(leaves(a) @ leaves(n) > (1 - 1e-9) * np.linalg.norm(leaves(a)) * np.linalg.norm(leaves(n))),
        {"scale of all", "tenth of all"},
    ),
    "last array": (lambda a, n: relative(a[-1:], n[-1:]) <= 1e-6, {"one array zero", "one entry wrong"}),
    "nan passes": (lambda a, n: not relative(a, n) > 1e-6, {"undefined"}),
    "sum": (lambda a, n: abs(leaves(a).sum() - leaves(n).sum()) <= 1e-9, {"sum kept"}),
    "absolute": (lambda a, n: bool(np.max(np.abs(leaves(a) - leaves(n))) < 1e-2), {"small scale of all"}),
    "never passes": (lambda a, n: False, {"nothing"}),
}


@pytest.mark.parametrize("name", CRITERIA)
def test_blind_spots_of_acceptance_tests(name: str) -> None:
    passes, expected = CRITERIA[name]
    found = {spot.plant for spot in blind_spots(passes, NET.split(TRUE))}
    assert found == expected if not expected else expected <= found
