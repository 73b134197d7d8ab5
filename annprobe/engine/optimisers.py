"""How the gradient becomes a change of the parameters."""

from __future__ import annotations

import numpy as np

from annprobe.engine.layout import Array
from annprobe.engine.passes import Pass

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8  # Kingma and Ba (2015), algorithm 1


def gradient_descent(p: Pass, layer: int) -> Array:
    """-η G[l], shape of W[l]."""
    return np.multiply(p.G[layer], -p.learning_rate, out=p.move[layer])


def momentum(p: Pass, layer: int) -> Array:
    """v = μ v - η G[l], shape of W[l]. Source: Goodfellow, Bengio, Courville (2016), algorithm 8.2."""
    keep = p.setup.momentum if p.setup is not None else 0.0
    np.multiply(p.first[layer], keep, out=p.first[layer])
    np.add(p.first[layer], gradient_descent(p, layer), out=p.first[layer])
    p.move[layer][...] = p.first[layer]
    return p.move[layer]


def adam(p: Pass, layer: int) -> Array:
    """-η m̂ / (√v̂ + ε), shape of W[l]. Source: Kingma and Ba (2015), algorithm 1."""
    t, m, v, G, move = p.iteration + 1, p.first[layer], p.second[layer], p.G[layer], p.move[layer]
    np.multiply(m, BETA_1, out=m)
    m += np.multiply(G, 1.0 - BETA_1, out=move)
    np.multiply(v, BETA_2, out=v)
    v += np.multiply(np.multiply(G, G, out=move), 1.0 - BETA_2, out=move)
    root = np.sqrt(np.divide(v, 1.0 - BETA_2**t, out=move), out=move)
    root += EPSILON
    step = m / (1.0 - BETA_1**t)
    step *= -p.learning_rate
    return np.divide(step, root, out=move)


MOVES = {"gradient descent": gradient_descent, "momentum": momentum, "adam": adam}


def move(p: Pass, layer: int) -> Array:
    """The change of ``W[l]`` that the optimiser of the pass's setup wants (gradient descent where there is none)."""
    return MOVES[p.setup.optimiser if p.setup is not None else "gradient descent"](p, layer)


def update(p: Pass, layer: int) -> Array:
    """W[l] + move; for gradient descent W[l] - η G[l]. Shape (..., n_l, n_{l-1} + 1)."""
    return np.add(p.W[layer], move(p, layer), out=p.W[layer])
