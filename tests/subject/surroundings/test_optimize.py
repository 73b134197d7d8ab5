"""Networks that scipy trains: their cost and gradient are on the tape, and the result is scipy's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.subject.agreement import disagreement
from annprobe.subject.own_usage import OwnUsage
from annprobe.subject.reading.source import read_source
from annprobe.subject.surroundings.missing.optimize import Optimize
from annprobe.tape import Recorder
from tests.reading import lines_of, read

COURSE = """
import numpy as np
from scipy import optimize as opt
from scipy.optimize import fmin_cg, minimize

n_in, n_hid, n_out, lam = 4, 5, 3, 0.5

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

def unroll(theta):
    t1 = np.reshape(theta[:n_hid * (n_in + 1)], (n_hid, n_in + 1))
    t2 = np.reshape(theta[n_hid * (n_in + 1):], (n_out, n_hid + 1))
    return t1, t2

def cost(theta, X, Y):
    t1, t2 = unroll(theta)
    m = len(X)
    a1 = np.c_[np.ones(m), X]
    a2 = np.c_[np.ones(m), sigmoid(a1 @ t1.T)]
    h = sigmoid(a2 @ t2.T)
    J = np.sum(-Y * np.log(h) - (1 - Y) * np.log(1 - h)) / m
    return J + lam / (2 * m) * (np.sum(t1[:, 1:] ** 2) + np.sum(t2[:, 1:] ** 2))

def gradient(theta, X, Y):
    t1, t2 = unroll(theta)
    m = len(X)
    a1 = np.c_[np.ones(m), X]
    z2 = a1 @ t1.T
    a2 = np.c_[np.ones(m), sigmoid(z2)]
    h = sigmoid(a2 @ t2.T)
    d3 = h - Y
    d2 = (d3 @ t2[:, 1:]) * sigmoid(z2) * (1 - sigmoid(z2))
    g1 = d2.T @ a1 / m
    g2 = d3.T @ a2 / m
    g1[:, 1:] += lam / m * t1[:, 1:]
    g2[:, 1:] += lam / m * t2[:, 1:]
    return np.concatenate([g1.ravel(), g2.ravel()])

def both(theta, X, Y):
    return cost(theta, X, Y), gradient(theta, X, Y)

rng = np.random.RandomState(1)
X = rng.randn(12, n_in)
Y = np.eye(n_out)[np.arange(12) % n_out]
theta = rng.uniform(-0.12, 0.12, n_hid * (n_in + 1) + n_out * (n_hid + 1))
"""

CALLS = {
    "minimize": "best = minimize(cost, theta, args=(X, Y), jac=gradient, method='CG', options={'maxiter': 30}).x",
    "minimize both": "best = minimize(fun=both, x0=theta, args=(X, Y), method='TNC', jac=True)['x']",
    "fmin_cg": "best = fmin_cg(cost, theta, fprime=gradient, args=(X, Y), maxiter=30, disp=False)",
    "fmin_bfgs": "best = opt.fmin_bfgs(f=cost, x0=theta, fprime=gradient, args=(X, Y), disp=0)",
    "fmin_ncg": "best = opt.fmin_ncg(cost, theta, gradient, None, None, (X, Y), disp=0)",
    "fmin_l_bfgs_b": "best, end, told = opt.fmin_l_bfgs_b(cost, theta, gradient, args=(X, Y))",
    "fmin_l_bfgs_b both": "best, end, told = opt.fmin_l_bfgs_b(both, x0=theta, args=(X, Y))",
    "fmin_tnc": "best, count, told = opt.fmin_tnc(func=cost, x0=theta, fprime=gradient, args=(X, Y), disp=0)",
    "lambdas": "best = minimize(lambda t: cost(t, X, Y), list(theta), jac=lambda t: gradient(t, X, Y)).x",
}
END = "\nprint('cost', cost(theta, X, Y), cost(best, X, Y))\n"


def _module(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "net.py"
    file.write_text(text)
    return file


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_right_gradient_is_understood_and_comes_out_clean(call: str, tmp_path: Path) -> None:
    understanding, findings = read(_module(tmp_path, COURSE + call + END))
    assert understanding is not None
    assert understanding.hypothesis is not None
    assert [judged.right for judged in understanding.hypothesis.judged] == [True]
    assert findings == ()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_the_run_goes_on_with_the_result_of_scipy(call: str, tmp_path: Path) -> None:
    usage = OwnUsage(read_source(_module(tmp_path, COURSE + call + END)))
    outcome = usage.run(Recorder(set()), seconds=20.0)
    assert outcome.message == ""
    before, after = outcome.printed[-1].values
    assert after < 0.9 * before
    assert disagreement(usage, outcome) is None


def test_a_wrong_gradient_is_seen(tmp_path: Path) -> None:
    wrong = COURSE.replace("d2 = (d3 @ t2[:, 1:]) * sigmoid(z2) * (1 - sigmoid(z2))", "d2 = d3 @ t2[:, 1:]")
    understanding, findings = read(_module(tmp_path, wrong + CALLS["fmin_cg"]))
    assert understanding is not None
    assert understanding.hypothesis is not None
    assert [judged.right for judged in understanding.hypothesis.judged] == [False]
    assert wrong[: wrong.index("d2 = d3")].count("\n") + 1 in lines_of(findings)


def test_without_a_gradient_of_its_own_the_cost_is_minimised_as_it_is(tmp_path: Path) -> None:
    text = "from scipy.optimize import fmin, minimize\nprint(fmin(lambda x: (x[0] - 3) ** 2, [0.0], disp=False)[0])\n"
    usage = OwnUsage(read_source(_module(tmp_path, text)))
    outcome = usage.run(Recorder(set()), seconds=20.0)
    assert abs(float(outcome.printed[0].text) - 3) < 1e-3


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_without_scipy_plain_descent_takes_its_place(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annprobe.subject.surroundings.missing.optimize._real", lambda: None)
    usage = OwnUsage(read_source(_module(tmp_path, COURSE + call + END)))
    outcome = usage.run(None, seconds=20.0)
    assert outcome.message == ""
    before, after = outcome.printed[-1].values
    assert after < 0.9 * before


def test_what_is_no_optimiser_is_scipys_own() -> None:
    import numpy as np
    from scipy.optimize import approx_fprime

    assert Optimize(np).approx_fprime is approx_fprime
