import numpy as np


class Perceptron3:
    def __init__(self, sizes, seed=1):
        r = np.random.RandomState(seed)
        self.V = [r.randn(n, m) / np.sqrt(n) for n, m in zip(sizes[:-1], sizes[1:])]
        self.c = [r.randn(m) * 0.1 for m in sizes[1:]]

    def layers(self, X):
        values = [X]
        for V, c in zip(self.V, self.c):
            values.append(1 / (1 + np.exp(-(values[-1].dot(V) + c))))
        return values

    def deltas(self, X, Y):
        values = self.layers(X)
        out = values[-1]
        result = [(out - Y) * out * (1 - out)]
        for k in range(len(self.V) - 1, 0, -1):
            error = values[k + 1].dot(self.V[k].T)
            result.insert(0, error * values[k] * (1 - values[k]))
        return values, result

    def gradient(self, X, Y):
        values, deltas = self.deltas(X, Y)
        return ([values[k].T.dot(d) / len(X) for k, d in enumerate(deltas)],
                [d.sum(axis=0) / len(X) for d in deltas])

    def cost(self, X, Y):
        return ((self.layers(X)[-1] - Y) ** 2).sum() / (2 * len(X))

    def descend(self, X, Y, rate):
        gV, gc = self.gradient(X, Y)
        for k in range(len(self.V)):
            self.V[k] -= rate * gV[k]
            self.c[k] -= rate * gc[k]
