import math
import random


def transpose(M):
    return [list(col) for col in zip(*M)]


def mat_vec(M, v):
    return [sum(m * x for m, x in zip(row, v)) for row in M]


def outer(u, v):
    return [[a * b for b in v] for a in u]


class PureNet:
    """Three weight matrices as lists of lists, tanh, linear at the end, no bias."""

    def __init__(self, n, seed=0):
        rnd = random.Random(seed)
        self.Ws = [[[rnd.uniform(-1, 1) / math.sqrt(n) for _ in range(n)] for _ in range(n)] for _ in range(3)]

    def forward(self, x):
        self.acts = [x]
        for k, W in enumerate(self.Ws):
            z = mat_vec(W, self.acts[-1])
            self.acts.append(z if k == 2 else [math.tanh(v) for v in z])
        return self.acts[-1]

    def error(self, x, t):
        return 0.5 * sum((y - s) ** 2 for y, s in zip(self.forward(x), t))

    def gradient(self, x, t):
        y = self.forward(x)
        delta = [a - b for a, b in zip(y, t)]
        grads = []
        for k in (2, 1, 0):
            grads.insert(0, outer(delta, self.acts[k]))
            if k:
                back = mat_vec(self.Ws[k], delta)
                delta = [b * (1 - a * a) for b, a in zip(back, self.acts[k])]
        return grads

    def learn(self, x, t, rate):
        for W, G in zip(self.Ws, self.gradient(x, t)):
            for row, g in zip(W, G):
                for j in range(len(row)):
                    row[j] -= rate * g[j]
