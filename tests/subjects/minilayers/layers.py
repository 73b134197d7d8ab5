"""A handful of layers. See example_xor.py for how to use them."""
import numpy as np


class Linear:
    def __init__(self, n_in, n_out, rng):
        bound = np.sqrt(6 / (n_in + n_out))
        self.weight = rng.uniform(-bound, bound, (n_in, n_out))
        self.bias = np.zeros(n_out)

    def __call__(self, x):
        self.x = x
        return x @ self.weight + self.bias

    def backward(self, grad_out):
        self.grad_weight = self.x.T @ grad_out
        self.grad_bias = grad_out.sum(axis=0)
        return grad_out @ self.weight.T

    def parameters(self):
        return [(self.weight, "grad_weight"), (self.bias, "grad_bias")]


class Elu:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def __call__(self, x):
        self.y = np.where(x > 0, x, self.alpha * (np.exp(np.minimum(x, 0)) - 1))
        return self.y

    def backward(self, grad_out):
        return grad_out * np.where(self.y > 0, 1.0, self.y + self.alpha)

    def parameters(self):
        return []


class BCEWithLogits:
    def __call__(self, logits, target):
        self.p = 1 / (1 + np.exp(-logits))
        self.target = target
        return np.mean(np.logaddexp(0, logits) - target * logits)

    def backward(self):
        return (self.p - self.target) / self.target.size


class Sgd:
    def __init__(self, layers, lr):
        self.layers, self.lr = layers, lr

    def step(self):
        for layer in self.layers:
            for value, grad_name in layer.parameters():
                value -= self.lr * getattr(layer, grad_name)
