"""Squared margins of all classes: the scores of the right ones are only looked up."""
import numpy as np


class Margins:
    def __init__(self, features, classes, decay=1e-2):
        self.weights = 0.01 * np.random.RandomState(0).randn(features, classes)
        self.decay = decay

    def objective(self, samples, classes):
        n = len(samples)
        scores = samples.dot(self.weights)
        right = scores[np.arange(n), classes]
        short = np.maximum(0, scores - right[:, None] + 1)
        short[np.arange(n), classes] = 0
        value = (short ** 2).sum() / n + self.decay * (self.weights ** 2).sum()
        slope = 2 * short
        slope[np.arange(n), classes] = -slope.sum(axis=1)
        return value, samples.T.dot(slope) / n + 2 * self.decay * self.weights


if __name__ == "__main__":
    rng = np.random.RandomState(1)
    kinds = rng.randint(3, size=60)
    points = rng.randn(60, 4) + 2 * np.eye(3, 4)[kinds]
    model = Margins(4, 3)
    for step in range(200):
        value, gradient = model.objective(points, kinds)
        model.weights -= 0.05 * gradient
    print(value)
