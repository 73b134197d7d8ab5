import numpy as np


def build(n_in, n_hidden, n_out, seed=0):
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 1, (n_in, n_hidden)), np.zeros(n_hidden), rng.normal(0, 1, (n_hidden, n_out)), np.zeros(n_out)]


def forward(params, x):
    w1, b1, w2, b2 = params
    h = np.tanh(x @ w1 + b1)
    return h, h @ w2 + b2


def loss(params, x, t):
    return 0.5 * np.mean(np.sum((forward(params, x)[1] - t) ** 2, axis=1))


def gradients(params, x, t):
    w1, b1, w2, b2 = params
    h, y = forward(params, x)
    delta_out = y - t
    delta_hid = delta_out @ w2.T * (1 - h ** 2)
    # averages over the batch
    mean_out = delta_out.mean(axis=0)
    mean_hid = delta_hid.mean(axis=0)
    return [np.outer(x.mean(axis=0), mean_hid), mean_hid, np.outer(h.mean(axis=0), mean_out), mean_out]


def train(params, x, t, rate=0.1, steps=50):
    for _ in range(steps):
        params = [p - rate * g for p, g in zip(params, gradients(params, x, t))]
    return params
