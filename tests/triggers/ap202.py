"""The softmax normalises over the examples instead of the classes."""

import numpy as np


def softmax(z):
    e = np.exp(z - z.max())
    return e / e.sum(axis=0)


class Classifier:
    def __init__(self, n_in, n_hidden, n_out):
        rng = np.random.default_rng(2)
        self.W1 = rng.normal(0.0, 0.8, (n_in, n_hidden))
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = rng.normal(0.0, 0.8, (n_hidden, n_out))
        self.b2 = np.zeros((1, n_out))

    def forward(self, X):
        self.h = np.tanh(X @ self.W1 + self.b1)
        self.p = softmax(self.h @ self.W2 + self.b2)
        return self.p

    def train(self, X, Y, rate=0.1, epochs=500):
        for _ in range(epochs):
            p = self.forward(X)
            d2 = p - Y
            d1 = (d2 @ self.W2.T) * (1.0 - self.h ** 2)
            self.W2 -= rate * self.h.T @ d2
            self.b2 -= rate * d2.sum(axis=0, keepdims=True)
            self.W1 -= rate * X.T @ d1
            self.b1 -= rate * d1.sum(axis=0, keepdims=True)


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    labels = np.arange(30) % 3
    X = rng.normal(0.0, 0.3, (30, 2)) + np.array([[0.0, 1.0], [1.0, -1.0], [-1.0, -1.0]])[labels]
    Y = np.eye(3)[labels]
    net = Classifier(2, 5, 3)
    net.train(X, Y)
    print((net.forward(X).argmax(axis=1) == labels).mean())
