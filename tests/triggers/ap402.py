"""Two hundred epochs are too few."""

import numpy as np


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


class Network:
    def __init__(self, n_in, n_hidden, n_out, seed=1):
        rng = np.random.default_rng(seed)
        self.W1 = rng.normal(0.0, 1.0, (n_in, n_hidden))
        self.b1 = np.zeros(n_hidden)
        self.W2 = rng.normal(0.0, 1.0, (n_hidden, n_out))
        self.b2 = np.zeros(n_out)

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = sigmoid(self.z1)
        self.z2 = self.a1 @ self.W2 + self.b2
        self.a2 = sigmoid(self.z2)
        return self.a2

    def cost(self, X, Y):
        return 0.5 * np.sum((self.forward(X) - Y) ** 2)

    def backward(self, X, Y):
        delta2 = (self.a2 - Y) * self.a2 * (1.0 - self.a2)
        delta1 = (delta2 @ self.W2.T) * self.a1 * (1.0 - self.a1)
        self.dW2 = self.a1.T @ delta2
        self.db2 = delta2.sum(axis=0)
        self.dW1 = X.T @ delta1
        self.db1 = delta1.sum(axis=0)

    def update(self, rate):
        self.W1 -= rate * self.dW1
        self.b1 -= rate * self.db1
        self.W2 -= rate * self.dW2
        self.b2 -= rate * self.db2

    def train(self, X, Y, rate=1.0, epochs=200):
        for epoch in range(epochs):
            self.forward(X)
            self.backward(X, Y)
            self.update(rate)


if __name__ == "__main__":
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    Y = np.array([[0.0], [1.0], [1.0], [0.0]])
    net = Network(2, 4, 1)
    net.train(X, Y)
    print(net.forward(X))
