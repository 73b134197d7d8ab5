import numpy as np


def squash(v):
    return 1 / (1 + np.exp(-v))


def to_probabilities(v):
    v = np.exp(v - v.max(axis=-1, keepdims=True))
    return v / v.sum(axis=-1, keepdims=True)


def entropy_cost(y, t):
    """t: one-hot rows, or class numbers"""
    t = np.asarray(t)
    if t.ndim == 2:
        t = t.argmax(axis=1)
    picked = y[np.arange(len(y)), t]
    return -np.mean(np.log(picked + 1e-7))


def new_network(n1, n2, n3, n4, rng):
    sizes = (n1, n2, n3, n4)
    network = {}
    for k in (1, 2, 3):
        network['W%d' % k] = 0.3 * rng.randn(sizes[k - 1], sizes[k])
        network['b%d' % k] = np.zeros(sizes[k])
    return network


def predict(network, x):
    z1 = squash(x @ network['W1'] + network['b1'])
    z2 = squash(z1 @ network['W2'] + network['b2'])
    return z1, z2, to_probabilities(z2 @ network['W3'] + network['b3'])


def gradient(network, x, t):
    z1, z2, y = predict(network, x)
    d = {3: (y - t) / len(x)}
    d[2] = d[3] @ network['W3'].T * z2 * (1 - z2)
    d[1] = d[2] @ network['W2'].T * z1 * (1 - z1)
    grads = {}
    for k, below in ((1, x), (2, z1), (3, z2)):
        grads['W%d' % k] = below.T @ d[k]
        grads['b%d' % k] = d[k].sum(axis=0)
    return grads


def descend(network, x, t, lr=0.1, steps=100):
    for _ in range(steps):
        for key, g in gradient(network, x, t).items():
            network[key] -= lr * g
    return entropy_cost(predict(network, x)[2], t)
