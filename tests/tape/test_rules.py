"""Every reverse-mode rule against the library autograd; where autograd has none, against differences."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

from annprobe.tape.rules import RULES
from tests.tape.differentiate import by_autograd, by_differences, on_tape

# one expression a rule or a way of calling it; autograd knows all of them
EXPRESSIONS = """
-x; x + v; x - v; v - x; x * v; x / y; v / y; y ** 2; y ** v; y ** -0.5; 2 ** x; s * x; x + s; s / y
np.exp(x); np.exp2(x); np.expm1(x); np.log(y); np.log2(y); np.log10(y); np.log1p(y); np.sqrt(y); np.square(x)
np.reciprocal(y); np.abs(x); np.absolute(x); np.fabs(x); np.sin(x); np.cos(x); np.tan(y); np.arcsin(y); np.arccos(y)
np.arctan(x); np.sinh(x); np.cosh(x); np.tanh(x); np.arcsinh(x); np.arctanh(y); np.arccosh(1 + y); np.sinc(x)
np.maximum(x, v); np.minimum(x, v); np.maximum(x, 0); np.fmax(x, v); np.fmin(x, v); np.power(y, v); np.mod(y, v)
np.remainder(y, v); np.arctan2(x, v); np.logaddexp(x, v); np.where(x > 0, x, 0.1 * x)
np.clip(x, -0.5, 0.5); np.true_divide(x, v); np.add(x, v); np.subtract(x, v); np.multiply(x, v); np.divide(x, v)
np.negative(x); np.real(x); np.conj(x); np.nan_to_num(x)
np.sum(x); np.sum(x, axis=0); np.sum(x, axis=1, keepdims=True); np.sum(x, axis=(0, 1)); x.sum(axis=-1); np.mean(x)
np.mean(x, axis=0); np.mean(x, axis=1, keepdims=True); x.mean(axis=-1); np.prod(y, axis=0); np.prod(y)
np.max(x); np.max(x, axis=0); np.max(x, axis=1, keepdims=True); np.min(x, axis=0); x.max(axis=1); x.min()
np.var(x); np.var(x, axis=0); np.var(x, axis=1, ddof=1); np.std(x); np.std(x, axis=1, keepdims=True)
np.std(x, axis=0, ddof=1); np.cumsum(x); np.cumsum(x, axis=1)
x @ w; v @ w; x @ v; v @ v; np.matmul(x, w); np.dot(x, w); np.dot(v, w); np.dot(x, v); np.dot(v, v); np.dot(s, x)
np.inner(x, y); np.inner(v, v); np.outer(v, v); np.tensordot(x, w, 1); np.tensordot(x, y, 2)
np.tensordot(x, y, axes=([0], [0])); np.tensordot(x, w, axes=(1, 0)); np.einsum('ij,jk->ik', x, w)
np.einsum('ij,ij->', x, y); np.einsum('ij->ji', x); np.einsum('i,j->ij', v, v); np.einsum('ij,jk', x, w)
np.kron(x, w); np.linalg.norm(x); np.linalg.norm(x, axis=1); np.linalg.norm(v, 2); np.trace(x)
np.linalg.inv(np.dot(x.T, x) + np.eye(4)); np.linalg.solve(np.dot(x.T, x) + np.eye(4), w)
np.linalg.solve(np.dot(x.T, x) + np.eye(4), v)
np.reshape(x, (4, 3)); x.reshape(-1); x.reshape(2, 6); x.ravel(); x.flatten(); x.T; np.transpose(x); x.transpose()
np.transpose(x[None], (2, 0, 1)); np.swapaxes(x, 0, 1); np.moveaxis(x[None], 0, 2); np.rollaxis(x[None], 2)
np.expand_dims(x, 1); np.squeeze(x[None]); np.atleast_2d(v); np.flipud(x); np.fliplr(x); np.rot90(x); np.roll(x, 1)
np.roll(x, 1, axis=1); x[1]; x[:, 1]; x[1:, ::2]; x[-1, 2]; x[[0, 2, 0]]; x[[0, 1], [2, 3]]; x[x > 0]; x[:, None, 1]
x[..., 0]; np.concatenate((x, y)); np.concatenate((x, y), axis=1); np.vstack((x, y)); np.hstack((x, y))
np.stack((x, y)); np.stack((x, y), axis=-1); np.column_stack((v, v)); np.dstack((x, y)); np.append(x, y, axis=0)
np.tile(v, 3); np.tile(x, (2, 1)); np.repeat(x, 2, axis=0); np.repeat(v, 3); np.diag(v)
np.triu(x); np.tril(x); np.pad(x, ((1, 0), (0, 2)), mode='constant'); np.array([s, s * s])
np.split(x, 2, axis=1)[0]; np.split(x, [1, 3], axis=1)[1]; np.array_split(v, 3)[0]; np.vsplit(x, 3)[1]
np.hsplit(x, 2)[1]; np.split(v, [1])[1]; np.split(x, [1], axis=1)[1]
special.expit(x); special.logit(y); special.logsumexp(x); special.logsumexp(x, axis=1); special.erf(x)
"""

# what autograd has no rule for, and programs that write
PROGRAMS = """
r = np.cbrt(y) | r = np.hypot(x, v) | r = np.fmod(y, v) | r = np.float_power(y, 2.0) | r = x.clip(0)
r = x.clip(max=0)
r = np.positive(x) | r = x.round(2) * 0 + x | r = np.average(x, axis=0)
r = np.average(x, axis=0, weights=[1, 2, 3.0])
r = np.average(x, weights=y) | r = np.nansum(x, axis=0) | r = np.nanmean(x) | r = np.nanmax(x, axis=0)
r = np.nanmin(x)
r = np.add.reduce(x) | r = np.maximum.reduce(x, axis=1) | r = np.minimum.reduce(x) | r = np.add.accumulate(x)
r = np.multiply.outer(v, x) | r = np.vdot(x, y) | r = np.convolve(v, v) | r = np.convolve(v, [1.0, 2.0], 'same')
r = np.convolve(v, [1.0, 2.0], 'valid') | r = np.broadcast_to(v, (3, 4)) | r = np.sort(x, axis=1)
r = np.diagonal(x, 1) | r = np.einsum('...j,...j', x, y) | r = np.einsum('...j,jk->...k', x, w)
r = np.einsum('ijk,k->ij', x[None], v) | r = np.linalg.norm(x, axis=0, keepdims=True)
r = np.where(x > v, x, v) | r = x.dot(w) | r = np.trace(x, 1) | r = np.diag(x) | r = np.diag(w, -1) | r = np.flip(x)
r = np.flip(x, 1) | r = x.squeeze() | r = x.swapaxes(0, 1)
r = np.atleast_1d(s) | r = np.atleast_3d(x) | r = np.c_[x, y] | r = np.c_[np.ones(3), x] | r = np.r_[v, s, v]
r = np.r_[x, y] | r = np.insert(x, 0, 1, axis=1) | r = np.insert(x, 0, s, axis=1) | r = np.insert(v, 1, s)
r = np.delete(x, 0, axis=1) | r = np.append(v, s) | r = np.append(x, y) | r = np.take(x, [1, 0], axis=1)
r = np.take(v, [[1, 0], [2, 2]]) | r = x.take([3, 3]) | r = np.take_along_axis(x, np.argsort(x, axis=1), axis=1)
r = np.sort(v)[::-1] | r = x.diagonal() | r = np.diagflat(v) | r = np.asarray(x) * 2 | r = np.array(x)
r = x.copy()
r = np.ascontiguousarray(x.T) | r = np.asfortranarray(x) | r = x.astype(float) | r = x.view() | r = x.conj()
r = np.row_stack((x, y)) if hasattr(np, 'row_stack') else np.vstack((x, y)) | r = np.stack([v, v * s])
r = np.array([[s, 1.0], [v[0], s * v[1]]]) | r = np.array([x, y]) | r = np.sum([v, v * v]) | r = float(s) * x
r = x.item(1) * v | r = np.asarray(np.asmatrix(x) * np.asmatrix(w))
r = np.lib.stride_tricks.sliding_window_view(v, 2)
r = np.lib.stride_tricks.sliding_window_view(x, (2, 2)) | r = np.lib.stride_tricks.as_strided(v, (3, 2), (8, 8))
r = np.pad(x, 1) | r = np.pad(x, ((0, 0), (1, 2))) | r = np.pad(v, (1, 2), constant_values=3.0) | r = np.rot90(x, 3)
r = special.softmax(x, axis=1) | r = special.softmax(x) | r = special.log_softmax(x, axis=1)
r = special.xlogy(y, v)
r = special.log_expit(x) | r = np.asanyarray(x) - v | r = np.copy(x)
r = x * 1; r[0] = v | r = x * 1; r[:, 1] = s | r = x * 1; r[1] += v | r = x * 1; r[r < 0] = 0 | r = x * 1; r += y
r = x * 1; r[0] *= y[0] | r = np.zeros((3, 4)); r[:, 1:3] = x[:, :2] @ w[:2]
r = np.zeros(5); np.add.at(r, [1, 1, 3, 0], v)
r = np.zeros(5); np.subtract.at(r, [1, 1, 3, 0], v) | r = x * 1; r.T[0] = s | r = x * 1; r.reshape(-1)[5:7] = v[:2]
r = x * 1; r.fill(s) | r = np.empty_like(x); np.copyto(r, v) | r = np.empty((3, 4)); np.multiply(x, v, out=r)
r = np.empty((3, 2)); np.dot(x, w, out=r) | r = x * 1; r[[0, 2]] = y[[1, 1]]
r = x * 1; u = r[1:]; u *= s; r[2] += v
r = x * 1; r.flat[3] = s | r = [a * b for a, b in zip(v, x[0])][2] * x | r = sum(a * a for a in v) * v
r = np.amax(x, 0) | r = np.amin(x) | r = np.around(x, 9) * 0 + x | r = np.asanyarray(x, dtype=np.longdouble) * s
r = np.sum(a=x, axis=0) | r = np.dot(a=x, b=w) | r = np.dot(x, b=w) | r = np.average(a=x, axis=0, weights=y)
r = np.clip(x, a_min=s - 1.1, a_max=None) | r = np.tensordot(b=w, a=x, axes=1)
r = np.fmod(3 * x, v) | r = np.remainder(3 * x, v)
r = np.apply_along_axis(lambda u: u * u[0], 1, x) | r = np.apply_along_axis(func1d=np.sum, axis=0, arr=x * x)
r = np.vectorize(lambda a, b: a * b if a > 0 else b)(x, v)
r = np.piecewise(x, [x > 0], [lambda u: u * u, lambda u: -u])
r = max(v[0], v[1]) * x | r = x * 1; r[:] = 1 - r | r = (x * 1).ravel(); r[::2] = r[1::2] * s
"""

WITHOUT_A_RULE = """
r = np.median(x, axis=0) | r = np.linalg.norm(x, 1) | r = np.linalg.norm(v, np.inf)
r = np.einsum('ii->i', x[:, :3])
r = np.linalg.det(x @ x.T) | r = np.cross(v[:3], x[:, :3]) | r = np.diff(x, axis=1) | r = np.polyval(v, s)
r = np.empty((3, 4)); r[:] = x; np.multiply(x, v, out=r, where=x > 0)
r = np.interp(y, [0.0, 0.1, 1.0], [0.0, 1.0, 3.0])
r = np.select([x > 0, x > -1], [x * x, x], 0.5 * x) | r = x * 1; np.put(r, 3, 0.5); r *= x
"""


def _split(table: str, mark: str) -> list[str]:
    return [part.strip() for line in table.splitlines() for part in line.split(mark) if part.strip()]


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _compare(text: str, truth: dict[str, Any], tolerance: float) -> None:
    found, made, _ = on_tape(text)
    assert (made.differenced, made.unknown) == ([], [])
    for name, value in truth.items():
        np.testing.assert_allclose(found[name], value, rtol=tolerance, atol=tolerance, err_msg=name)


@pytest.mark.parametrize("expression", _split(EXPRESSIONS, ";"))
def test_a_rule_agrees_with_autograd(expression: str) -> None:
    _compare(f"r = {expression}", by_autograd(expression), 1e-10)


@pytest.mark.parametrize("program", _split(PROGRAMS, "|"))
def test_a_rule_agrees_with_differences(program: str) -> None:
    _compare(program, by_differences(program), 2e-10)


def test_every_rule_is_tested() -> None:
    seen: set[str] = set()
    for text in [f"r = {e}" for e in _split(EXPRESSIONS, ";")] + _split(PROGRAMS, "|"):
        seen |= on_tape(text)[2]
    assert RULES.keys() - seen == set()


@pytest.mark.parametrize("wrong", [1.0 + 1e-8, -1.0, 0.0])
def test_a_wrong_rule_would_be_seen(wrong: float, monkeypatch: pytest.MonkeyPatch) -> None:
    right = RULES["tanh"]
    monkeypatch.setitem(RULES, "tanh", lambda *args: tuple(part * wrong for part in right(*args)))
    with pytest.raises(AssertionError):
        _compare("r = np.tanh(x)", by_autograd("np.tanh(x)"), 1e-10)


@pytest.mark.parametrize("program", _split(WITHOUT_A_RULE, "|"))
def test_an_operation_without_a_rule_is_differenced_and_says_so(program: str) -> None:
    found, made, _ = on_tape(program)
    assert len(made.differenced) == 1
    for name, value in by_differences(program).items():
        np.testing.assert_allclose(found[name], value, rtol=1e-6, atol=1e-6, err_msg=name)
