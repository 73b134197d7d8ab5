"""Targets of shape (N,) beside outputs of shape (N, 1): each output meets every target."""

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([0.0, 0.0, 0.0, 1.0])
rng = np.random.default_rng(0)
W = rng.normal(0.0, 1.0, (2, 1))
b = np.zeros(1)

for epoch in range(2000):
    a = sigmoid(X @ W + b)
    delta = (a - Y) * a * (1.0 - a)
    W = W - 0.5 * X.T @ delta
    b = b - 0.5 * delta.sum(axis=0)

print(a)
