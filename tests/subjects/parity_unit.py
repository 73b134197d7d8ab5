import numpy as np


class Threshold:
    def __init__(self, n_in, rate=0.2, rounds=50):
        self.rate, self.rounds = rate, rounds
        self.weights = np.random.RandomState(0).normal(0, 0.1, n_in)
        self.bias = 0.0

    def forward(self, inputs):
        return np.where(inputs @ self.weights + self.bias > 0, 1, 0)

    def train(self, inputs, targets):
        history = []
        for r in range(self.rounds):
            for row, target in zip(inputs, targets):
                error = target - self.forward(row)
                self.weights += self.rate * error * row
                self.bias += self.rate * error
            history.append(int(np.abs(targets - self.forward(inputs)).sum()))
        return history


inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
targets = np.array([0, 1, 1, 0])
print(Threshold(2).train(inputs, targets))
