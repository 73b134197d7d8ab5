import numpy as np


class SigmoidUnit:
    """A single neuron for yes/no questions."""

    def __init__(self, n_features):
        self.w = np.zeros(n_features)
        self.b = 0.0

    def output(self, X):
        return 1 / (1 + np.exp(-(X @ self.w + self.b)))

    def cost(self, X, t):
        return np.mean((self.output(X) - t) ** 2)

    def gradient(self, X, t):
        o = self.output(X)
        slope = 2 * (o - t) * o * (1 - o) / len(t)
        return X.T @ slope, slope.sum()

    def train(self, X, t, rate, epochs):
        for epoch in range(epochs):
            gw, gb = self.gradient(X, t)
            self.w = self.w - rate * gw
            self.b = self.b - rate * gb
            if epoch % 100 == 0:
                print("epoch", epoch, "cost", round(self.cost(X, t), 4))


# half plane: is the point above the line?
rng = np.random.RandomState(10)
points = rng.uniform(-2, 2, (80, 2))
answers = np.where(points[:, 1] > 0.5 * points[:, 0] + 0.3, 1, -1)

unit = SigmoidUnit(2)
unit.train(points, answers, rate=1.0, epochs=500)
print("weights", unit.w, "bias", unit.b)
print("final cost", unit.cost(points, answers))
