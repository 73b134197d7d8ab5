import numpy as np
import math


class GatedNet:
    """ h = tanh(x A + a) * sigm(x G + c)     y = h V + v       one hidden gated layer with skip of the input """

    def __init__(self, n, m, k, rng):
        self.A, self.G = rng.randn(n, m) / math.sqrt(n), rng.randn(n, m) / math.sqrt(n)
        self.V, self.S = rng.randn(m, k) / math.sqrt(m), rng.randn(n, k) / math.sqrt(n)
        self.a, self.c, self.v = np.zeros(m), np.zeros(m), np.zeros(k)

    def output(self, x):
        self.t = np.tanh(x @ self.A + self.a)
        self.s = 1 / (1 + np.exp(-(x @ self.G + self.c)))
        self.h = self.t * self.s
        return self.h @ self.V + x @ self.S + self.v

    def learn(self, x, y, eta):
        out = self.output(x)
        err = (out - y) / len(x)
        d_h = err @ self.V.T
        d_t = d_h * self.s * (1 - self.t ** 2)
        d_s = d_h * self.t * self.s * (1 - self.s)
        self.V -= eta * self.h.T @ err
        self.S -= eta * x.T @ err
        self.v -= eta * err.sum(0)
        self.A -= eta * x.T @ d_t
        self.a -= eta * d_t.sum(0)
        self.G -= eta * x.T @ d_s
        self.c -= eta * d_s.sum(0)
        return ((out - y) ** 2).sum() / (2 * len(x))


if __name__ == "__main__":
    rng = np.random.RandomState(8)
    x = rng.uniform(-2, 2, (40, 3))
    y = np.c_[x[:, 0] * (x[:, 1] > 0), np.sin(x[:, 2])]
    net = GatedNet(3, 9, 2, rng)
    for i in range(2000):
        e = net.learn(x, y, 0.2)
        if i % 400 == 0:
            print(i, e)
    print("error", e)
