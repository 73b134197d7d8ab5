import numpy as np

def sigmoid(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 1 / (1 + np.exp(-x))

class NeuralNet:
    def __init__(self, nodes, lr=0.5):
        self.nodes = nodes
        self.lr = lr
        self.weights = []
        self.biases = []
        rng = np.random.default_rng(12)
        for i in range(1, len(nodes)):
            self.weights.append(rng.uniform(-1, 1, (nodes[i - 1], nodes[i])))
            self.biases.append(rng.uniform(-1, 1, (1, nodes[i])))

    def forward_prop(self, x):
        self.layers = [x]
        for w, b in zip(self.weights, self.biases):
            x = sigmoid(x @ w + b)
            self.layers.append(x)
        return x

    def back_prop(self, y):
        errors = y - self.layers[-1]
        grads = []
        for i in range(len(self.weights), 0, -1):
            delta = errors * sigmoid(self.layers[i], deriv=True)
            grads.append((self.layers[i - 1].T @ delta, delta.sum(axis=0, keepdims=True)))
            errors = errors @ self.weights[i - 1].T
        for i, (gw, gb) in enumerate(reversed(grads)):
            self.weights[i] += self.lr * gw
            self.biases[i] += self.lr * gb

    def train(self, x, y, iterations):
        for it in range(iterations):
            out = self.forward_prop(x)
            self.back_prop(y)
            if it % 500 == 0:
                print("iteration", it, "mse", np.mean((y - out) ** 2))
