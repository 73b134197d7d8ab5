"""feed forward neural network, numpy only"""
import numpy as np


def logistic(x):
    return 1.0 / (1.0 + np.exp(-x))


class FFNN:
    def __init__(self, n_inputs, hidden_sizes, n_outputs):
        self.sizes = [n_inputs] + list(hidden_sizes) + [n_outputs]
        self.weights = []
        self.biases = []
        for fan_in, fan_out in zip(self.sizes, self.sizes[1:]):
            self.weights.append(np.random.randn(fan_in, fan_out) * np.sqrt(1.0 / fan_in))
            self.biases.append(np.zeros((1, fan_out)))

    def forward(self, X):
        self.a = [X]
        for W, b in zip(self.weights, self.biases):
            z = np.dot(self.a[-1], W) + b
            self.a.append(logistic(z))
        return self.a[-1]

    def mse(self, X, y):
        return np.mean(np.sum((self.forward(X) - y) ** 2, axis=1)) / 2

    def backward(self, y):
        m = y.shape[0]
        grads_w = []
        grads_b = []
        delta = (self.a[-1] - y) * self.a[-1] * (1 - self.a[-1])
        for i in reversed(range(len(self.weights))):
            grads_w.append(np.dot(self.a[i].T, delta) / m)
            grads_b.append(np.sum(delta, axis=0, keepdims=True) / m)
            if i > 0:
                delta = np.dot(delta, self.weights[-1].T) * self.a[i] * (1 - self.a[i])
        return grads_w[::-1], grads_b[::-1]

    def train(self, X, y, epochs=100, learning_rate=0.5):
        for _ in range(epochs):
            self.forward(X)
            gw, gb = self.backward(y)
            self.weights = [w - learning_rate * g for w, g in zip(self.weights, gw)]
            self.biases = [b - learning_rate * g for b, g in zip(self.biases, gb)]
        return self.mse(X, y)
