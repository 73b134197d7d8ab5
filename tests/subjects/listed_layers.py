import numpy as np


def feed(x, w, b):
    """x: one example a row."""
    act = {0: x}
    for k in range(len(w)):
        act[k + 1] = np.tanh(act[k] @ w[k] + b[k]) if k < len(w) - 1 else act[k] @ w[k] + b[k]
    return act


def back(y, act, w, b):
    d_w, d_b = {}, {}
    d = (act[len(w)] - y) / len(y)
    for k in reversed(range(len(w))):
        d_w[k] = act[k].T @ d
        d_b[k] = d.sum(axis=0)
        d = (d @ w[k].T) * (1 - act[k] ** 2)
    return d_w, d_b


def shift(w, b, d_w, d_b, r):
    for k in range(len(w)):
        w[k] = w[k] - r * d_w[k]
        b[k] = b[k] - r * d_b[k]
    return w, b
