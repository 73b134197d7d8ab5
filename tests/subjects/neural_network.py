"""
neural_network.py

A feed forward network trained by mini-batch stochastic gradient descent with
a choice of cost, L2 regularisation and monitoring. Examples are pairs of
column vectors.
"""
import json
import random
import sys

import numpy as np


class Quadratic(object):

    @staticmethod
    def value(a, y):
        return 0.5 * np.linalg.norm(a - y) ** 2

    @staticmethod
    def delta(z, a, y):
        return (a - y) * slope(z)


class CrossEntropy(object):

    @staticmethod
    def value(a, y):
        return np.sum(np.nan_to_num(-y * np.log(a) - (1 - y) * np.log(1 - a)))

    @staticmethod
    def delta(z, a, y):
        return a - y


class Network(object):

    def __init__(self, sizes, cost=CrossEntropy):
        self.sizes = sizes
        self.cost = cost
        self.biases = [np.random.randn(n, 1) for n in sizes[1:]]
        self.weights = [np.random.randn(n, m) / np.sqrt(m) for m, n in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = squash(np.dot(w, a) + b)
        return a

    def SGD(self, training_data, epochs, mini_batch_size, eta, lmbda=0.0, evaluation_data=None):
        n = len(training_data)
        history = []
        for epoch in range(epochs):
            random.shuffle(training_data)
            for k in range(0, n, mini_batch_size):
                self.update_mini_batch(training_data[k:k + mini_batch_size], eta, lmbda, n)
            history.append(self.total_cost(training_data, lmbda))
            if evaluation_data:
                print("Epoch %s: %s of %s" % (epoch, self.accuracy(evaluation_data), len(evaluation_data)))
        return history

    def update_mini_batch(self, batch, eta, lmbda, n):
        grad_b = [np.zeros(b.shape) for b in self.biases]
        grad_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in batch:
            one_b, one_w = self.backprop(x, y)
            grad_b = [g + o for g, o in zip(grad_b, one_b)]
            grad_w = [g + o for g, o in zip(grad_w, one_w)]
        self.weights = [(1 - eta * lmbda / n) * w - eta / len(batch) * g for w, g in zip(self.weights, grad_w)]
        self.biases = [b - eta / len(batch) * g for b, g in zip(self.biases, grad_b)]

    def backprop(self, x, y):
        activation, activations, zs = x, [x], []
        for b, w in zip(self.biases, self.weights):
            z = np.dot(w, activation) + b
            zs.append(z)
            activation = squash(z)
            activations.append(activation)
        delta = self.cost.delta(zs[-1], activations[-1], y)
        grad_b, grad_w = [delta], [np.dot(delta, activations[-2].T)]
        for l in range(len(self.sizes) - 2, 0, -1):
            delta = np.dot(self.weights[l].T, delta) * slope(zs[l - 1])
            grad_b.insert(0, delta)
            grad_w.insert(0, np.dot(delta, activations[l - 1].T))
        return grad_b, grad_w

    def accuracy(self, data):
        return sum(int(np.argmax(self.feedforward(x)) == np.argmax(y)) for x, y in data)

    def total_cost(self, data, lmbda):
        cost = sum(self.cost.value(self.feedforward(x), y) for x, y in data) / len(data)
        return cost + 0.5 * lmbda / len(data) * sum(np.linalg.norm(w) ** 2 for w in self.weights)

    def save(self, filename):
        with open(filename, "w") as f:
            json.dump({"sizes": self.sizes, "weights": [w.tolist() for w in self.weights],
                       "biases": [b.tolist() for b in self.biases]}, f)


def load(filename, cost=CrossEntropy):
    with open(filename) as f:
        data = json.load(f)
    net = Network(data["sizes"], cost)
    net.weights = [np.array(w) for w in data["weights"]]
    net.biases = [np.array(b) for b in data["biases"]]
    return net


def squash(z):
    return 1.0 / (1.0 + np.exp(-z))


def slope(z):
    return squash(z) * (1 - squash(z))
