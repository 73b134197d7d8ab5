import numpy as np


class XorNet:
    """sigmoid everywhere, squared error"""

    def __init__(self, rng):
        self.W1 = rng.uniform(-0.3, 0.3, (3, 2))
        self.b1 = rng.uniform(-0.3, 0.3, (3, 1))
        self.W2 = rng.uniform(-0.3, 0.3, (1, 3))
        self.b2 = rng.uniform(-0.3, 0.3, (1, 1))

    @staticmethod
    def s(z):
        return 1 / (1 + np.exp(-z))

    def forward(self, X):
        self.A1 = self.s(self.W1 @ X + self.b1)
        self.A2 = self.s(self.W2 @ self.A1 + self.b2)
        return self.A2

    def backward(self, X, Y):
        D2 = (self.A2 - Y) * self.A2 * (1 - self.A2)
        D1 = self.W2.T @ D2 * self.A1 * (1 - self.A1)
        return D1 @ X.T, D1.sum(axis=1, keepdims=True), D2 @ self.A1.T, D2.sum(axis=1, keepdims=True)

    def step(self, X, Y, lr):
        self.forward(X)
        dW1, db1, dW2, db2 = self.backward(X, Y)
        self.W1 -= lr * dW1
        self.b1 -= lr * db1
        self.W2 -= lr * dW2
        self.b2 -= lr * db2

    def cost(self, X, Y):
        return 0.5 * np.sum((self.forward(X) - Y) ** 2)


if __name__ == "__main__":
    X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]])
    Y = np.array([[0, 1, 1, 0]])
    net = XorNet(np.random.default_rng(11))
    for i in range(12001):
        if i % 1500 == 0:
            print(f"{i:6d}  cost {net.cost(X, Y):.6f}")
        net.step(X, Y, 0.6)
    print(net.forward(X).round(2))
