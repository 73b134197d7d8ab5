import numpy as np


def init_layers(dims, seed=10):
    rng = np.random.RandomState(seed)
    return [{"W": rng.randn(dims[k + 1], dims[k]) * np.sqrt(2 / dims[k]), "b": np.zeros((dims[k + 1], 1))}
            for k in range(len(dims) - 1)]


def L_forward(X, layers):
    A, memory = X, [(None, X)]
    for k, layer in enumerate(layers):
        Z = layer["W"] @ A + layer["b"]
        A = 1 / (1 + np.exp(-Z)) if k == len(layers) - 1 else np.maximum(Z, 0)
        memory.append((Z, A))
    return A, memory


def L_cost(A, Y):
    return -np.mean(np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A), axis=0))


def L_backward(A, Y, layers, memory):
    m = Y.shape[1]
    dZ = (A - Y) / m
    grads = [None] * len(layers)
    for k in range(len(layers) - 1, -1, -1):
        Z_before, A_before = memory[k]
        inputs = A_before if k == 0 else Z_before
        grads[k] = {"W": dZ @ inputs.T, "b": dZ.sum(axis=1, keepdims=True)}
        if k > 0:
            dZ = (layers[k]["W"].T @ dZ) * (Z_before > 0)
    return grads


def gradient_step(X, Y, layers, rate):
    A, memory = L_forward(X, layers)
    for layer, grad in zip(layers, L_backward(A, Y, layers, memory)):
        layer["W"] -= rate * grad["W"]
        layer["b"] -= rate * grad["b"]
    return L_cost(A, Y)
