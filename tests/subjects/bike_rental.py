import numpy as np

class RentalNet:
    """How many bikes are rented at which temperature and hour (both scaled to 0..1)?"""

    def __init__(self, hidden=16):
        rng = np.random.default_rng(24)
        self.W1 = rng.normal(0, 1, (2, hidden))
        self.b1 = rng.normal(0, 0.5, hidden)
        self.W2 = rng.normal(0, 0.3, (hidden, 1))
        self.b2 = np.zeros(1)

    def forward(self, X):
        self.Z1 = X @ self.W1 + self.b1
        self.A1 = np.maximum(self.Z1, 0)
        return self.A1 @ self.W2 + self.b2

    def loss(self, X, y):
        return np.mean((self.forward(X) - y) ** 2)

    def backward(self, X, y):
        m = len(X)
        dZ2 = 2 * (self.forward(X) - y) / m
        self.dW2 = self.A1.T @ dZ2
        self.db2 = dZ2.sum(axis=0)
        dA1 = dZ2 @ self.W2.T
        dZ1 = np.where(self.Z1 < 0, dA1, 0)
        self.dW1 = X.T @ dZ1
        self.db1 = dZ1.sum(axis=0)

    def step(self, lr):
        self.W1 -= lr * self.dW1
        self.b1 -= lr * self.db1
        self.W2 -= lr * self.dW2
        self.b2 -= lr * self.db2


def observations(n=120, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.uniform(0, 1, (n, 2))
    bikes = X[:, 0] * np.exp(-8 * (X[:, 1] - 0.6) ** 2) + rng.normal(0, 0.02, n)
    return X, bikes[:, None]


if __name__ == "__main__":
    X, y = observations()
    net = RentalNet()
    for epoch in range(4001):
        net.backward(X, y)
        net.step(0.1)
        if epoch % 1000 == 0:
            print("epoch", epoch, "loss", net.loss(X, y))
    loss = net.loss(X, y)
    print("loss", loss, "of", y.var())
