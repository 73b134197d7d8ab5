import numpy as np


def leaky_relu(Z, slope=0.01):
    return np.where(Z > 0, Z, slope * Z)


def leaky_relu_backward(dA, Z, slope=0.1):
    return dA * np.where(Z > 0, 1, slope)


def initialize(n_x, n_h, n_y, rng):
    W1 = rng.standard_normal((n_h, n_x)) * np.sqrt(2 / n_x)
    b1 = np.zeros((n_h, 1))
    W2 = rng.standard_normal((n_y, n_h)) * np.sqrt(2 / n_h)
    b2 = np.zeros((n_y, 1))
    return W1, b1, W2, b2


def forward(X, W1, b1, W2, b2):
    Z1 = W1 @ X + b1
    A1 = leaky_relu(Z1)
    Z2 = W2 @ A1 + b2
    return Z1, A1, Z2


def mse(Z2, Y):
    return np.sum((Z2 - Y) ** 2) / (2 * Y.shape[1])


def backward(X, Y, Z1, A1, Z2, W2):
    m = Y.shape[1]
    dZ2 = (Z2 - Y) / m
    dW2 = dZ2 @ A1.T
    db2 = np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = leaky_relu_backward(W2.T @ dZ2, Z1)
    dW1 = dZ1 @ X.T
    db1 = np.sum(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2


def update(params, grads, lr=0.01):
    return tuple(p - lr * g for p, g in zip(params, grads))
