import numpy as np

DEPTH = 3
WIDTH = 6

rng = np.random.default_rng(30)


class DeepTanh:
    """3 inputs, three hidden layers of the same width, 2 outputs"""

    def __init__(self):
        self.first = rng.normal(0, 0.6, (3, WIDTH))
        self.inner = [rng.normal(0, 0.5, (WIDTH, WIDTH))] * (DEPTH - 1)
        self.last = rng.normal(0, 0.5, (WIDTH, 2))

    def forward(self, X):
        self.acts = [X, np.tanh(X @ self.first)]
        for W in self.inner:
            self.acts.append(np.tanh(self.acts[-1] @ W))
        return self.acts[-1] @ self.last

    def loss(self, X, Y):
        return 0.5 * np.mean(np.sum((self.forward(X) - Y) ** 2, axis=1))

    def train_step(self, X, Y, lr):
        D = (self.forward(X) - Y) / len(X)
        grad_last = self.acts[-1].T @ D
        D = D @ self.last.T * (1 - self.acts[-1] ** 2)
        grads = []
        for k in range(DEPTH - 2, -1, -1):
            grads.append((k, self.acts[k + 1].T @ D))
            D = D @ self.inner[k].T * (1 - self.acts[k + 1] ** 2)
        grad_first = X.T @ D
        self.last -= lr * grad_last
        for k, g in grads:
            self.inner[k] -= lr * g
        self.first -= lr * grad_first


if __name__ == "__main__":
    X = rng.uniform(-1, 1, (60, 3))
    Y = np.stack([np.sin(2 * X[:, 0]) - X[:, 1], X[:, 2] - X[:, 0] ** 3], axis=1)
    net = DeepTanh()
    for step in range(3000):
        if step % 500 == 0:
            print(step, net.loss(X, Y))
        net.train_step(X, Y, 0.2)
    print("loss", net.loss(X, Y))
