"""A first network, written from the formulas: it trains for a while, and all four answers come out as 0.5.

Its author checked the gradient, saw two columns with nothing in common, and looked for the fault in the formulas.
"""

import numpy as np


class FirstNetwork:
    """Layers of sigmoid neurons; the bias of a neuron is the first number of its row of weights."""

    def __init__(self, widths):
        self.widths = widths
        self.weights = []
        for n_in, n_out in zip(widths, widths[1:]):
            self.weights.append(np.random.normal(0.1, 0.1, (n_out, n_in + 1)))

    def Sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def WithBias(self, a):
        return np.hstack([np.ones((len(a), 1)), a])

    def Forward(self, X):
        activations = [X]
        for W in self.weights:
            z = self.WithBias(activations[-1]) @ W.T
            activations.append(self.Sigmoid(z))
        return activations

    def Cost(self, X, Y):
        a = self.Forward(X)[-1]
        return 0.5 * np.sum((Y - a) ** 2)

    def Gradients(self, X, Y):
        activations = self.Forward(X)
        a = activations[-1]
        delta = (a - Y) * a * (1 - a)
        gradients = []
        for layer in range(len(self.weights) - 1, -1, -1):
            gradients.insert(0, delta.T @ self.WithBias(activations[layer]) / len(X))
            if layer > 0:
                a = activations[layer]
                delta = (delta @ self.weights[layer][:, 1:]) * a * (1 - a)
        return gradients

    def NumericalGradients(self, X, Y, step=1e-5):
        gradients = [np.zeros(W.shape) for W in self.weights]
        for W, gradient in zip(self.weights, gradients):
            for place in np.ndindex(W.shape):
                kept = W[place]
                W[place] = kept + step
                above = self.Cost(X, Y)
                W[place] = kept - step
                below = self.Cost(X, Y)
                W[place] = kept
                gradient[place] = (above - below) / (2 * step)
        return gradients

    def CheckGradients(self, X, Y):
        numerical = self.NumericalGradients(X, Y)
        print("backprop gradient      numerical gradient")
        for layer in range(len(self.weights)):
            for place in np.ndindex(self.weights[layer].shape):
                print(self.weights[layer][place], "   ", numerical[layer][place])

    def Train(self, X, Y):
        self.CheckGradients(X, Y)
        input("Do they agree? Press Enter to train: ")
        for step in range(10000):
            gradients = self.Gradients(X, Y)
            for layer in range(len(self.weights)):
                self.weights[layer] -= 0.01 * gradients[layer]
        print("cost:", self.Cost(X, Y))
        print("answers:", self.Forward(X)[-1].ravel())


if __name__ == "__main__":
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    Y = np.array([[0], [1], [1], [0]])
    FirstNetwork([2, 4, 1]).Train(X, Y)
