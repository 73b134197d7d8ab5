import numpy as np


class Network:

    def __init__(self, size_in, size_hidden, size_out, rng):
        self.hidden_weights = rng.normal(0, size_in ** -0.5, (size_in, size_hidden))
        self.hidden_biases = rng.normal(0, 0.1, size_hidden)
        self.output_weights = rng.normal(0, size_hidden ** -0.5, (size_hidden, size_out))
        self.output_biases = rng.normal(0, 0.1, size_out)

    def sigmoid(self, x):
        return 1 / (1 + np.exp(-x))

    def forward(self, inputs):
        self.hidden = inputs @ self.hidden_weights + self.hidden_biases
        self.output = self.sigmoid(self.hidden @ self.output_weights + self.output_biases)
        return self.output

    def cost(self, inputs, targets):
        return np.sum((self.forward(inputs) - targets) ** 2) / (2 * len(inputs))

    def backward(self, inputs, targets):
        count = len(inputs)
        output_delta = (self.output - targets) * self.output * (1 - self.output) / count
        hidden_delta = output_delta @ self.output_weights.T * self.hidden * (1 - self.hidden)
        return (inputs.T @ hidden_delta, hidden_delta.sum(axis=0),
                self.hidden.T @ output_delta, output_delta.sum(axis=0))

    def descend(self, inputs, targets, rate=0.5):
        self.forward(inputs)
        a, b, c, d = self.backward(inputs, targets)
        self.hidden_weights -= rate * a
        self.hidden_biases -= rate * b
        self.output_weights -= rate * c
        self.output_biases -= rate * d
        return self.cost(inputs, targets)
