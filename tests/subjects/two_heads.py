import numpy as np


class SharedTrunk:
    """A shared hidden layer with two heads: a number and a class."""

    def __init__(self, n_in, n_hidden, n_classes, seed=0):
        r = np.random.RandomState(seed)
        self.p = {
            "trunk": r.randn(n_in, n_hidden) / np.sqrt(n_in),
            "trunk_b": np.zeros(n_hidden),
            "number": r.randn(n_hidden, 1) / np.sqrt(n_hidden),
            "number_b": np.zeros(1),
            "kind": r.randn(n_hidden, n_classes) / np.sqrt(n_hidden),
            "kind_b": np.zeros(n_classes),
        }

    def forward(self, x):
        h = np.tanh(x @ self.p["trunk"] + self.p["trunk_b"])
        value = h @ self.p["number"] + self.p["number_b"]
        s = h @ self.p["kind"] + self.p["kind_b"]
        e = np.exp(s - s.max(axis=1, keepdims=True))
        return h, value, e / e.sum(axis=1, keepdims=True)

    def loss(self, x, y, k):
        _, value, prob = self.forward(x)
        return 0.5 * np.mean((value[:, 0] - y) ** 2) - np.mean(np.log(prob[np.arange(len(k)), k]))

    def grads(self, x, y, k):
        h, value, prob = self.forward(x)
        n = len(x)
        dv = (value - y[:, None]) / n
        ds = prob / n
        ds[np.arange(n), k] -= 1 / n
        dh = (dv @ self.p["number"].T + ds @ self.p["kind"].T) * (1 - h * h)
        return {"trunk": x.T @ dh, "trunk_b": dh.sum(0), "number": h.T @ dv, "number_b": dv.sum(0),
                "kind": h.T @ ds, "kind_b": ds.sum(0)}

    def fit(self, x, y, k, lr=0.3, steps=1500):
        for i in range(steps):
            for name, g in self.grads(x, y, k).items():
                self.p[name] -= lr * g
            if i % 300 == 0:
                print(i, self.loss(x, y, k))
