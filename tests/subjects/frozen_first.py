import numpy as np


class Net:
    def __init__(self, sizes, seed=1):
        rng = np.random.RandomState(seed)
        self.W = [rng.randn(i, o) * 0.5 for i, o in zip(sizes, sizes[1:])]
        self.b = [np.zeros(o) for o in sizes[1:]]

    def forward(self, x):
        self.a = [x]
        for W, b in zip(self.W, self.b):
            self.a.append(np.tanh(self.a[-1] @ W + b))
        return self.a[-1]

    def cost(self, x, t):
        return 0.5 * np.mean((self.forward(x) - t) ** 2)

    def gradient(self, x, t):
        out = self.forward(x)
        d = (out - t) * (1 - out ** 2) / out.size
        gW, gb = [], []
        for k in range(len(self.W) - 1, -1, -1):
            gW.insert(0, self.a[k].T @ d)
            gb.insert(0, d.sum(axis=0))
            d = d @ self.W[k].T * (1 - self.a[k] ** 2)
        return gW, gb

    def train(self, x, t, rate, steps):
        for s in range(steps):
            gW, gb = self.gradient(x, t)
            for k in range(1, len(self.W)):
                self.W[k] -= rate * gW[k]
                self.b[k] -= rate * gb[k]
            if s % 500 == 0:
                print(s, self.cost(x, t))


if __name__ == "__main__":
    rng = np.random.RandomState(2)
    x = rng.uniform(-1, 1, (80, 2))
    t = 0.8 * np.sin(4 * x[:, :1]) * np.cos(3 * x[:, 1:])
    net = Net([2, 6, 6, 1])
    net.train(x, t, 0.5, 6000)
    print("cost", net.cost(x, t), "variance", 0.5 * t.var())
