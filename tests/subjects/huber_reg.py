import numpy as np


def huber(r, delta):
    small = np.abs(r) <= delta
    return np.where(small, 0.5 * r ** 2, delta * (np.abs(r) - 0.5 * delta))


def huber_slope(r, delta):
    return np.clip(r, -delta, delta)


class RobustNet:
    """One hidden layer of softsign units, Huber loss: outliers pull with a limited force."""

    def __init__(self, n_hidden, delta=0.3):
        rng = np.random.default_rng(21)
        self.delta = delta
        self.u = rng.normal(0, 2, (1, n_hidden))
        self.c = rng.normal(0, 1, n_hidden)
        self.v = rng.normal(0, 0.5, (n_hidden, 1))
        self.d = np.zeros(1)

    def predict(self, x):
        self.z = x @ self.u + self.c
        self.h = self.z / (1 + np.abs(self.z))
        return self.h @ self.v + self.d

    def loss(self, x, y):
        return np.mean(huber(self.predict(x) - y, self.delta))

    def step(self, x, y, lr):
        r = self.predict(x) - y
        g = huber_slope(r, self.delta) / len(x)
        gz = g @ self.v.T / (1 + np.abs(self.z)) ** 2
        self.v -= lr * self.h.T @ g
        self.d -= lr * g.sum(axis=0)
        self.u -= lr * x.T @ gz
        self.c -= lr * gz.sum(axis=0)


if __name__ == "__main__":
    rng = np.random.default_rng(2)
    x = np.sort(rng.uniform(-2, 2, (80, 1)), axis=0)
    clean = np.tanh(2 * x) - 0.3 * x
    y = clean.copy()
    y[::16] += 4                            # outliers
    net = RobustNet(12)
    for i in range(3000):
        net.step(x, y, 0.5)
        if i % 500 == 0:
            print(i, net.loss(x, y))
    print("distance to the clean curve", np.median(np.abs(net.predict(x) - clean)))
