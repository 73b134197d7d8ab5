import numpy as np


class TwoLayer:
    def __init__(self, n, h, k, rng=np.random):
        self.A = rng.uniform(-1, 1, (n, h))
        self.a = np.zeros((1, h))
        self.B = rng.uniform(-1, 1, (h, k))
        self.b = np.zeros((1, k))

    def __call__(self, X):
        self.X = X
        self.H = np.tanh(X.dot(self.A) + self.a)
        self.Y = np.tanh(self.H.dot(self.B) + self.b)
        return self.Y

    def error(self, X, T):
        return np.square(self(X) - T).sum() / 2

    def gradients(self, T):
        d2 = (self.Y - T) * (1 - self.Y ** 2)
        d1 = d2.dot(self.B.T) * (1 - self.H ** 2)
        return self.X.T.dot(d1), d1.sum(0, keepdims=True), self.H.T.dot(d2), d2.sum(0, keepdims=True)

    def improve(self, X, T, eta=0.02):
        self(X)
        gA, ga, gB, gb = self.gradients(T)
        self.A *= 1 - eta * gA
        self.B *= 1 - eta * gB
        self.a -= eta * ga
        self.b -= eta * gb
        return self.error(X, T)
