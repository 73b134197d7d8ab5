import numpy as np


def he(layer_dims, seed=3):
    rng = np.random.default_rng(seed)
    p = {}
    for l in range(1, len(layer_dims)):
        p[f"W{l}"] = rng.normal(size=(layer_dims[l], layer_dims[l - 1])) * np.sqrt(2 / layer_dims[l - 1])
        p[f"b{l}"] = np.zeros((layer_dims[l], 1))
    return p


def initialize_velocity(p):
    return {k: np.zeros(v.shape) for k, v in p.items()}


def random_mini_batches(X, Y, size, rng):
    order = rng.permutation(X.shape[1])
    X, Y = X[:, order], Y[:, order]
    return [(X[:, k:k + size], Y[:, k:k + size]) for k in range(0, X.shape[1], size)]


def forward(X, p):
    z1 = p["W1"] @ X + p["b1"]
    a1 = np.maximum(0, z1)
    z2 = p["W2"] @ a1 + p["b2"]
    a2 = np.maximum(0, z2)
    a3 = 1 / (1 + np.exp(-(p["W3"] @ a2 + p["b3"])))
    return a3, (z1, a1, z2, a2)


def cost(a3, Y):
    return np.sum(-np.log(a3) * Y - np.log(1 - a3) * (1 - Y)) / Y.shape[1]


def backward(X, Y, p, a3, cache):
    m = X.shape[1]
    z1, a1, z2, a2 = cache
    dz3 = (a3 - Y) / m
    dz2 = p["W3"].T @ dz3 * (a2 > 0)
    dz1 = p["W2"].T @ dz2 * (a1 > 0)
    total = {"keepdims": True, "axis": 1}
    return {"W1": dz1 @ X.T, "b1": np.sum(dz1, **total), "W2": dz2 @ a1.T, "b2": np.sum(dz2, **total),
            "W3": dz3 @ a2.T, "b3": np.sum(dz3, **total)}


def momentum_step(p, g, v, beta, rate):
    for k in p:
        v[k] = beta * v[k] + (1 - beta) * g[k]
        p[k] = p[k] - rate * v[k]
    return p, v


def model(X, Y, layer_dims, rate=0.3, beta=0.9, size=32, epochs=100, seed=10):
    rng = np.random.default_rng(seed)
    p = he(layer_dims)
    v = initialize_velocity(p)
    for _ in range(epochs):
        for x, y in random_mini_batches(X, Y, size, rng):
            a3, cache = forward(x, p)
            p, v = momentum_step(p, backward(x, y, p, a3, cache), v, beta, rate)
    return p, cost(forward(X, p)[0], Y)
