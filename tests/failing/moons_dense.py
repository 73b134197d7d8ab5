import numpy as np
from dataclasses import dataclass, field


@dataclass
class Dense:
    n_in: int
    n_out: int
    rng: np.random.Generator
    W: np.ndarray = field(init=False)
    b: np.ndarray = field(init=False)

    def __post_init__(self):
        self.W = self.rng.normal(0, 1 / np.sqrt(self.n_in), (self.n_in, self.n_out))
        self.b = np.zeros(self.n_out)

    def __call__(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad, lr):
        gx = grad @ self.W.T
        self.W -= lr * self.x.T @ grad
        self.b -= lr * grad.sum(axis=0)
        return gx


class Tanh:
    def __call__(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad, lr):
        return grad * (1 - self.y ** 2)


class Sequential(list):
    def __call__(self, x):
        for layer in self:
            x = layer(x)
        return x

    def backward(self, grad, lr):
        for layer in reversed(self):
            grad = layer.backward(grad, lr)


def moons(n, rng):
    t = rng.uniform(0, np.pi, n)
    lab = rng.integers(0, 2, n)
    x = np.where(lab[:, None] == 0, np.stack([np.cos(t), np.sin(t)], 1), np.stack([1 - np.cos(t), 0.5 - np.sin(t)], 1))
    return x + rng.normal(0, 0.08, x.shape), 2.0 * lab - 1


if __name__ == "__main__":
    rng = np.random.default_rng(3)
    X, y = moons(200, rng)
    net = Sequential([Dense(2, 16, rng), Tanh(), Dense(16, 1, rng), Tanh()])
    batch = 20
    for epoch in range(60):
        X = X[rng.permutation(len(X))]
        total = 0.0
        for i in range(0, len(X), batch):
            xb, yb = X[i:i + batch], y[i:i + batch, None]
            out = net(xb)
            diff = out - yb
            total += (diff ** 2).sum()
            net.backward(2 * diff / batch, lr=0.1)
        if epoch % 10 == 0:
            print(epoch, total / len(X), "accuracy", np.mean(np.sign(net(X)[:, 0]) == y))
