import numpy as np


class PatternNet:
    """Rows in, rows out. The bias is subtracted, like a threshold."""

    def __init__(self, n_in, n_hidden, n_out, eta=0.3):
        rng = np.random.RandomState(4)
        self.eta = eta
        self.w_hidden = rng.uniform(-1, 1, (n_in, n_hidden))
        self.t_hidden = rng.uniform(-1, 1, n_hidden)
        self.w_out = rng.uniform(-1, 1, (n_hidden, n_out))
        self.t_out = rng.uniform(-1, 1, n_out)

    def sigmoid(self, x):
        return 1 / (1 + np.exp(-x))

    def recall(self, X):
        self.h = self.sigmoid(X.dot(self.w_hidden) - self.t_hidden)
        self.o = self.sigmoid(self.h.dot(self.w_out) - self.t_out)
        return self.o

    def energy(self, X, T):
        return ((self.recall(X) - T) ** 2).sum() / 2

    def adapt(self, X, T):
        o = self.recall(X)
        d_o = (T - o) * o * (1 - o)
        d_h = d_o.dot(self.w_out.T) * self.h * (1 - self.h)
        self.w_out += self.eta * self.h.T.dot(d_o)
        self.t_out += self.eta * d_o.sum(axis=0)
        self.w_hidden += self.eta * X.T.dot(d_h)
        self.t_hidden += self.eta * d_h.sum(axis=0)
        return ((o - T) ** 2).sum() / 2
