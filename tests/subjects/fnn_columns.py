import numpy as np


class FNN(object):
    """ fully connected, columns, nabla lists """

    def __init__(self, layers, seed=0):
        rng = np.random.RandomState(seed)
        self.L = len(layers)
        self.weights = [rng.randn(layers[i + 1], layers[i]) / np.sqrt(layers[i]) for i in range(self.L - 1)]
        self.biases = [rng.randn(layers[i + 1], 1) for i in range(self.L - 1)]

    def sigma(self, z):
        return 1.0 / (1.0 + np.exp(-z))

    def feed(self, x):
        activations = [x]
        for w, b in zip(self.weights, self.biases):
            activations.append(self.sigma(w @ activations[-1] + b))
        return activations

    def backprop(self, x, y):
        activations = self.feed(x)
        nabla_w = [np.zeros_like(w) for w in self.weights]
        nabla_b = [np.zeros_like(b) for b in self.biases]
        a = activations[-1]
        delta = (a - y) * a * (1 - a)
        nabla_b[-1] = delta
        nabla_w[-1] = delta @ activations[-2].T
        for l in range(2, self.L):
            a = activations[-l]
            delta = (self.weights[-l + 1].T @ delta) * a * (1 - a)
            nabla_b[-l] = delta
            nabla_w[-l] = delta @ activations[-l].T
        return nabla_w, nabla_b

    def cost(self, pairs):
        return sum(0.5 * float(np.sum((self.feed(x)[-1] - y) ** 2)) for x, y in pairs) / len(pairs)

    def train(self, pairs, eta, epochs):
        for _ in range(epochs):
            for x, y in pairs:
                nabla_w, nabla_b = self.backprop(x, y)
                self.weights = [w - eta * nw for w, nw in zip(self.weights, nabla_w)]
                self.biases = [b - eta * nb for b, nb in zip(self.biases, nabla_b)]
