import numpy as np


class DeepMLP:
    """`depth` hidden layers of equal width; weights[k] leads from layer k to layer k+1"""

    def __init__(self, width, depth, seed=0):
        g = np.random.default_rng(seed)
        self.depth = depth
        self.weights = [g.normal(0, 1 / np.sqrt(width), (width, width)) for _ in range(depth + 1)]
        self.biases = [g.normal(0, 0.1, width) for _ in range(depth + 1)]

    def forward(self, x):
        self.outputs = [x]
        for k in range(self.depth + 1):
            x = np.tanh(self.outputs[0] @ self.weights[k] + self.biases[k])
            self.outputs.append(x)
        return x

    def loss(self, x, y):
        return np.mean((self.forward(x) - y) ** 2)

    def backward(self, y):
        out = self.outputs[-1]
        delta = 2 * (out - y) / y.size * (1 - out ** 2)
        grads_w, grads_b = [], []
        for k in range(self.depth, -1, -1):
            grads_w.append(self.outputs[k].T @ delta)
            grads_b.append(delta.sum(axis=0))
            if k > 0:
                delta = delta @ self.weights[k].T * (1 - self.outputs[k] ** 2)
        grads_w.reverse()
        grads_b.reverse()
        return grads_w, grads_b

    def step(self, x, y, lr=0.1):
        self.forward(x)
        grads_w, grads_b = self.backward(y)
        for k in range(self.depth + 1):
            self.weights[k] -= lr * grads_w[k]
            self.biases[k] -= lr * grads_b[k]
