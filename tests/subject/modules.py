"""Texts of small modules in different hands, and the usage that is found of such a text."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from annprobe.subject.reading.source import Source, read_source
from annprobe.subject.search import Found, find_usage
from annprobe.tape import Budget, Recorder, Tape

HEAD = "import numpy as np\ndef sigmoid(z):\n    return 1 / (1 + np.exp(-z))\n"

ROWS = (
    HEAD
    + """
class Net:
    def __init__(self, layers, lr=0.5):
        self.lr = lr
        self.w = [np.random.randn(a, b) for a, b in zip(layers[:-1], layers[1:])]
    def forward(self, x):
        self.a = [x]
        for w in self.w:
            self.a.append(sigmoid(self.a[-1] @ w))
        return self.a[-1]
    def train(self, x, y, epochs=1000):
        for epoch in range(epochs):
            d = (self.forward(x) - y) * self.a[-1] * (1 - self.a[-1])
            for i in reversed(range(len(self.w))):
                g = self.a[i].T @ d
                d = d @ self.w[i].T * self.a[i] * (1 - self.a[i])
                self.w[i] = self.w[i] - self.lr * g
"""
)

COLUMNS = (
    HEAD
    + """
def initialize(n_x, n_h, n_y):
    return {"W1": np.random.randn(n_h, n_x), "b1": np.zeros((n_h, 1)),
            "W2": np.random.randn(n_y, n_h), "b2": np.zeros((n_y, 1))}
def forward_propagation(X, parameters):
    A1 = np.tanh(parameters["W1"] @ X + parameters["b1"])
    A2 = sigmoid(parameters["W2"] @ A1 + parameters["b2"])
    return A2, {"A1": A1, "A2": A2}
def compute_cost(A2, Y):
    return float(-np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)))
def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    dZ2 = cache["A2"] - Y
    dZ1 = parameters["W2"].T @ dZ2 * (1 - cache["A1"] ** 2)
    return {"dW1": dZ1 @ X.T / m, "db1": dZ1.sum(1, keepdims=True) / m, "dW2": dZ2 @ cache["A1"].T / m,
            "db2": dZ2.sum(1, keepdims=True) / m}
"""
)

UPDATE = """
def update_parameters(parameters, grads, learning_rate):
    return {k: parameters[k] - learning_rate * grads["d" + k] for k in parameters}
"""

PAIRS = (
    HEAD
    + """
class Network(object):
    def __init__(self, sizes):
        self.biases = [np.random.randn(y, 1) for y in sizes[1:]]
        self.weights = [np.random.randn(y, x) for x, y in zip(sizes[:-1], sizes[1:])]
    def SGD(self, training_data, epochs, mini_batch_size, eta):
        for j in range(epochs):
            for x, y in training_data:
                a, acts = x, [x]
                for w, b in zip(self.weights, self.biases):
                    a = sigmoid(np.dot(w, a) + b)
                    assert a.shape == b.shape
                    acts.append(a)
                d = (acts[-1] - y) * acts[-1] * (1 - acts[-1])
                for l in range(1, len(self.weights) + 1):
                    w, g = self.weights[-l], np.dot(d, acts[-l - 1].T)
                    self.biases[-l] = self.biases[-l] - eta * d
                    d = np.dot(w.T, d) * acts[-l - 1] * (1 - acts[-l - 1])
                    self.weights[-l] = w - eta * g
"""
)

ONE_BY_ONE = """
import math, random
class Perceptron:
    def __init__(self, num_inputs, num_hidden, num_outputs):
        self.v = [[random.uniform(-1, 1) for _ in range(num_inputs)] for _ in range(num_hidden)]
        self.u = [[random.uniform(-1, 1) for _ in range(num_hidden)] for _ in range(num_outputs)]
    def learn(self, inputs, targets, rate):
        if not isinstance(inputs, list) or isinstance(inputs[0], list): raise TypeError
        h = [math.tanh(sum(w * x for w, x in zip(row, inputs))) for row in self.v]
        o = [math.tanh(sum(w * x for w, x in zip(row, h))) for row in self.u]
        d = [(a - t) * (1 - a * a) for a, t in zip(o, targets)]
        e = [(1 - h[j] ** 2) * sum(d[k] * self.u[k][j] for k in range(len(d))) for j in range(len(h))]
        for k, row in enumerate(self.u):
            for j in range(len(row)): row[j] -= rate * d[k] * h[j]
        for j, row in enumerate(self.v):
            for i in range(len(row)): row[i] -= rate * e[j] * inputs[i]
"""

LABELS = (
    HEAD
    + """
class TwoLayerNet(object):
    def __init__(self, input_size, hidden_size, output_size, std=0.5):
        self.params = {'W1': std * np.random.randn(input_size, hidden_size), 'b1': np.zeros(hidden_size),
                       'W2': std * np.random.randn(hidden_size, output_size), 'b2': np.zeros(output_size)}
    def loss(self, X, y=None, reg=0.0):
        h = np.maximum(0, X @ self.params['W1'] + self.params['b1'])
        s = h @ self.params['W2'] + self.params['b2']
        if y is None: return s
        p = np.exp(s); p = p / p.sum(1, keepdims=True)
        N = len(X)
        loss = -np.log(p[np.arange(N), y]).mean()
        d = p.copy(); d[np.arange(N), y] -= 1; d = d / N
        dh = d @ self.params['W2'].T * (h > 0)
        return loss, {'W2': h.T @ d, 'b2': d.sum(0), 'W1': X.T @ dh, 'b1': dh.sum(0)}
"""
)

LAYERS = """
import numpy as np
class Layer:
    def forward(self, input): raise NotImplementedError
    def backward(self, gradient, learning_rate): raise NotImplementedError
class Dense(Layer):
    def __init__(self, input_size, output_size):
        self.weights = np.random.randn(output_size, input_size)
        self.bias = np.random.randn(output_size, 1)
    def forward(self, input):
        self.input = input
        return self.weights @ input + self.bias
    def backward(self, gradient, learning_rate):
        back = self.weights.T @ gradient
        self.weights = self.weights - learning_rate * gradient @ self.input.T
        self.bias = self.bias - learning_rate * gradient.sum(1, keepdims=True)
        return back
class Tanh(Layer):
    def forward(self, input):
        self.out = np.tanh(input)
        return self.out
    def backward(self, gradient, learning_rate): return gradient * (1 - self.out ** 2)
"""

FLAT = (
    HEAD
    + """
def gradient(theta, n, h, k, X, Y):
    T1 = theta[:h * (n + 1)].reshape(h, n + 1)
    T2 = theta[h * (n + 1):].reshape(k, h + 1)
    A1 = np.c_[np.ones(len(X)), X]
    A2 = np.c_[np.ones(len(X)), sigmoid(A1 @ T1.T)]
    d3 = sigmoid(A2 @ T2.T) - Y
    d2 = (d3 @ T2 * A2 * (1 - A2))[:, 1:]
    return np.r_[(d2.T @ A1).ravel(), (d3.T @ A2).ravel()] / len(X)
"""
)

DATA_INSIDE = (
    HEAD
    + """
class NeuralNetwork:
    def __init__(self, x, y):
        self.input, self.y = x, y
        self.weights1 = np.random.rand(x.shape[1], 4)
        self.weights2 = np.random.rand(4, y.shape[1])
    def feedforward(self):
        self.layer1 = sigmoid(self.input @ self.weights1)
        self.output = sigmoid(self.layer1 @ self.weights2)
    def backprop(self):
        d = 2 * (self.y - self.output) * self.output * (1 - self.output)
        e = d @ self.weights2.T * self.layer1 * (1 - self.layer1)
        self.weights2 += self.layer1.T @ d
        self.weights1 += self.input.T @ e
"""
)

FIXED = (
    HEAD
    + """
class Fixed:
    def __init__(self):
        self.W1 = np.random.randn(6, 4)
        self.W2 = np.random.randn(4, 1)
    def fit(self, X, y):
        h = sigmoid(X @ self.W1)
        o = sigmoid(h @ self.W2)
        d = (o - y) * o * (1 - o)
        self.W1 -= X.T @ (d @ self.W2.T * h * (1 - h))
        self.W2 -= h.T @ d
"""
)

GLOBALS = (
    HEAD
    + """
W = np.random.randn(3, 2) * 0.1
def backward(x, y): return x.T @ (sigmoid(x @ W) - y)
def train(x, y, steps=5):
    global W
    for i in range(steps):
        W = W - 0.1 * backward(x, y)
"""
)

SLIPPED = ROWS.replace("self.a[i].T @ d", "self.a[i].T @ d.T")


def source_of(folder: Path, text: str, name: str = "net.py") -> Source:
    (folder / name).write_text(text)
    return read_source(folder / name)


def something_ran(tape: Tape, outcome: Any) -> float:
    """A judge that needs no roles: something was computed, and nothing was raised."""
    return 1.0 if outcome.ended in ("completed", "stopped") and len(tape) > 20 else 0.0


def found_usage(folder: Path, text: str, **options: Any) -> Found:
    made: list[Recorder] = []

    def recorder(sources: object) -> Recorder:
        made.append(Recorder(set(), Budget(nodes=2000)))
        return made[-1]

    found = find_usage(source_of(folder, text), recorder, something_ran, seconds=30.0, **options)
    assert found is not None
    return found
