"""Layers that come as pairs of functions, without a network around them: each returned gradient is judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reading import lines_of, read

LAYERS = """\
import numpy as np


def affine_forward(x, w, b):
    return x @ w + b, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


def softplus_fwd(x):
    return np.log1p(np.exp(x)), x


def softplus_bwd(dout, x):
    return dout / (1 + np.exp(-x))


def norm_forward(x, gamma, beta, eps=1e-5):
    mean = x.mean(axis=0)
    spread = np.sqrt(x.var(axis=0) + eps)
    n = (x - mean) / spread
    return gamma * n + beta, (n, spread, gamma)


def norm_backward(dout, cache):
    n, spread, gamma = cache
    dn = dout * gamma
    dx = (dn - dn.mean(axis=0) - n * (dn * n).mean(axis=0)) / spread
    return {"dx": dx, "dgamma": (dout * n).sum(axis=0), "dbeta": dout.sum(axis=0)}
"""

PLANTED = {
    "mean for sum": ("db = dout.sum(axis=0)", "db = dout.mean(axis=0)"),
    "wrong way round": ("dx = dout @ w.T", "dx = 0.5 * dout @ w.T"),
    "missing derivative": ("return dout / (1 + np.exp(-x))", "return dout / (1 + np.exp(x))"),
    "missing term": ("n * (dn * n).mean(axis=0)", "n * dn.mean(axis=0)"),
}


def written(folder: Path, text: str) -> Path:
    path = folder / "layers.py"
    path.write_text(text)
    return path


def test_right_pairs_are_clean(tmp_path: Path) -> None:
    understood, findings = read(written(tmp_path, LAYERS))
    assert understood is not None
    assert len(understood.chains) == 7
    assert findings == ()


@pytest.mark.parametrize("name", PLANTED)
def test_a_wrong_gradient_of_one_pair_is_found(name: str, tmp_path: Path) -> None:
    old, new = PLANTED[name]
    text = LAYERS.replace(old, new)
    _, findings = read(written(tmp_path, text))
    line = next(i for i, row in enumerate(text.splitlines(), 1) if new.strip() in row)
    assert lines_of(findings) == {line}
