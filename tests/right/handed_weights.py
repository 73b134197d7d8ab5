"""Layers that are handed their weights, and keep them with their gradients in lists or under their names."""
import numpy as np


def squash(v):
    return 1.0 / (1.0 + np.exp(-v))


class Project:
    def __init__(self, W, b):
        self.W, self.b = W, b
        self.dW, self.db = None, None

    def forward(self, x):
        self.shape = x.shape
        self.rows = x.reshape(len(x), -1)
        return self.rows @ self.W + self.b

    def backward(self, dout):
        self.dW = self.rows.T @ dout
        self.db = dout.sum(axis=0)
        return (dout @ self.W.T).reshape(self.shape)


class Lookup:
    def __init__(self, W):
        self.params, self.grads = [W], [np.zeros_like(W)]

    def forward(self, idx):
        self.idx = idx
        return self.params[0][idx]

    def backward(self, dout):
        grad, = self.grads
        grad[...] = 0.0
        np.add.at(grad, self.idx, dout)


class Step:
    """One moment of a recurrent network."""

    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(p) for p in self.params]

    def forward(self, x, h_prev):
        Wx, Wh, b = self.params
        h = np.tanh(x @ Wx + h_prev @ Wh + b)
        self.seen = x, h_prev, h
        return h

    def backward(self, dh):
        Wx, Wh, _ = self.params
        x, h_prev, h = self.seen
        dz = dh * (1.0 - h * h)
        for grad, value in zip(self.grads, (x.T @ dz, h_prev.T @ dz, dz.sum(axis=0))):
            grad[...] = value
        return dz @ Wx.T, dz @ Wh.T


class Unrolled:
    """All moments, the first state zero."""

    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(p) for p in self.params]

    def forward(self, xs):
        h = np.zeros((xs.shape[0], self.params[1].shape[0]))
        self.steps, states = [], []
        for t in range(xs.shape[1]):
            step = Step(*self.params)
            h = step.forward(xs[:, t, :], h)
            self.steps.append(step)
            states.append(h)
        return np.stack(states, axis=1)

    def backward(self, dhs):
        total = [np.zeros_like(p) for p in self.params]
        back = [None] * len(self.steps)
        dh = 0.0
        for t in reversed(range(len(self.steps))):
            back[t], dh = self.steps[t].backward(dhs[:, t, :] + dh)
            total = [a + g for a, g in zip(total, self.steps[t].grads)]
        for grad, value in zip(self.grads, total):
            grad[...] = value
        return np.stack(back, axis=1)


class Gated:
    """One moment of a long short-term memory; two results, two errors."""

    def __init__(self, Wx, Wh, b):
        self.params = [Wx, Wh, b]
        self.grads = [np.zeros_like(p) for p in self.params]

    def forward(self, x, h_prev, c_prev):
        Wx, Wh, b = self.params
        n = h_prev.shape[1]
        z = x @ Wx + h_prev @ Wh + b
        keep, new, let, out = squash(z[:, :n]), np.tanh(z[:, n:2 * n]), squash(z[:, 2 * n:3 * n]), squash(z[:, 3 * n:])
        c = keep * c_prev + let * new
        self.seen = x, h_prev, c_prev, keep, new, let, out, np.tanh(c)
        return out * np.tanh(c), c

    def backward(self, dh, dc):
        Wx, Wh, _ = self.params
        x, h_prev, c_prev, keep, new, let, out, bent = self.seen
        dc = dc + dh * out * (1.0 - bent ** 2)
        parts = (dc * c_prev * keep * (1.0 - keep), dc * let * (1.0 - new ** 2),
                 dc * new * let * (1.0 - let), dh * bent * out * (1.0 - out))
        dz = np.hstack(parts)
        for grad, value in zip(self.grads, (x.T @ dz, h_prev.T @ dz, dz.sum(axis=0))):
            grad[...] = value
        return dz @ Wx.T, dz @ Wh.T, dc * keep
