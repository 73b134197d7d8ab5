"""Tiny images of bars, 8x8 grey levels 0..255; which direction does the bar have?"""
import numpy as np


def make_bar(rng):
    img = rng.integers(0, 60, size=(8, 8))
    k = rng.integers(0, 8)
    vertical = rng.random() < 0.5
    if vertical:
        img[:, k] = rng.integers(180, 256, size=8)
    else:
        img[k, :] = rng.integers(180, 256, size=8)
    return img.flatten(), int(vertical)


def load(n, seed):
    rng = np.random.default_rng(seed)
    pairs = [make_bar(rng) for _ in range(n)]
    images = np.array([p[0] for p in pairs], dtype=float)
    labels = np.array([p[1] for p in pairs])
    return images, labels


def sigmoid(t):
    return 1 / (1 + np.exp(-t))


def init_params(sizes, seed=0):
    rng = np.random.default_rng(seed)
    params = []
    for fan_in, fan_out in zip(sizes, sizes[1:]):
        params.append((rng.standard_normal((fan_in, fan_out)), np.zeros(fan_out)))
    return params


def forward(params, x):
    acts = [x]
    for W, b in params:
        acts.append(sigmoid(acts[-1] @ W + b))
    return acts


def step(params, x, t, lr):
    acts = forward(params, x)
    d = (acts[-1] - t) / len(x)
    new = []
    for (W, b), a in zip(reversed(params), reversed(acts[:-1])):
        new.append((W - lr * a.T @ d, b - lr * d.sum(axis=0)))
        d = d @ W.T * a * (1 - a)
    return new[::-1]


def main():
    x, t = load(80, 1)
    params = init_params([64, 10, 1])
    for epoch in range(800):
        params = step(params, x, t[:, None], lr=0.5)
        if epoch % 100 == 0:
            p = forward(params, x)[-1][:, 0]
            loss = -np.mean(t * np.log(p + 1e-12) + (1 - t) * np.log(1 - p + 1e-12))
            print(epoch, 'loss', loss, 'acc', np.mean((p > 0.5) == t))


main()
