import numpy as np


class Brain:
    def __init__(self, widths, functions, seed=0):
        rng = np.random.RandomState(seed)
        self.functions = functions
        self.W = [rng.randn(a, b) / np.sqrt(a) for a, b in zip(widths, widths[1:])]
        self.b = [rng.randn(b) * 0.1 for b in widths[1:]]

    def think(self, x):
        self.states = [x]
        for W, b, f in zip(self.W, self.b, self.functions):
            self.states.append(f.apply(self.states[-1] @ W + b))
        return self.states[-1]

    def learn(self, x, wanted, rate):
        blame = self.think(x) - wanted
        error = 0.5 * np.sum(blame ** 2) / len(x)
        changes = []
        for k in reversed(range(len(self.W))):
            blame = blame * self.functions[k].slope(self.states[k + 1])
            changes.append((k, self.states[k].T @ blame / len(x), blame.mean(axis=0)))
            blame = blame @ self.W[k].T
        for k, dW, db in changes:
            self.W[k] -= rate * dW
            self.b[k] -= rate * db
        return error
