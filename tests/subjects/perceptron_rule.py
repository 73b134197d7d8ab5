import numpy as np


class StepUnit(object):
    """Rosenblatt's rule. The answer is 0 or 1, nothing is differentiated."""

    def __init__(self, rate=0.1, passes=20):
        self.rate = rate
        self.passes = passes

    def answer(self, X):
        return np.where(np.dot(X, self.w) + self.b >= 0.0, 1, 0)

    def teach(self, X, y):
        self.w = np.zeros(X.shape[1])
        self.b = 0.0
        self.wrong = []
        for p in range(self.passes):
            wrong = 0
            for x, target in zip(X, y):
                miss = target - self.answer(x)
                if miss:
                    wrong += 1
                    self.w += self.rate * miss * x
                    self.b += self.rate * miss
            self.wrong.append(wrong)
            if wrong == 0:
                break
        return self


if __name__ == "__main__":
    rng = np.random.RandomState(1)
    above = rng.randn(30, 2) + 2
    below = rng.randn(30, 2) - 2
    X = np.vstack([above, below])
    y = np.repeat([1, 0], 30)
    unit = StepUnit().teach(X, y)
    print("wrong in each pass:", unit.wrong)
    print("weights", unit.w, unit.b)
