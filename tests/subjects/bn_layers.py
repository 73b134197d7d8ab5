import numpy as np


class Layer:
    params = ()

    def forward(self, x, train=True):
        raise NotImplementedError

    def backward(self, d):
        raise NotImplementedError


class Linear(Layer):
    params = ("W", "b")

    def __init__(self, n_in, n_out, rng):
        self.W = rng.standard_normal((n_in, n_out)) * np.sqrt(2.0 / n_in)
        self.b = np.zeros(n_out)

    def forward(self, x, train=True):
        self.x = x
        return x @ self.W + self.b

    def backward(self, d):
        self.dW = self.x.T @ d
        self.db = d.sum(axis=0)
        return d @ self.W.T


class BatchNorm(Layer):
    params = ("gamma", "beta")

    def __init__(self, n, momentum=0.9):
        self.gamma, self.beta = np.ones(n), np.zeros(n)
        self.mean, self.var, self.momentum = np.zeros(n), np.ones(n), momentum

    def forward(self, x, train=True):
        if train:
            mu, var = x.mean(axis=0), x.var(axis=0)
            self.mean = self.momentum * self.mean + (1 - self.momentum) * mu
            self.var = self.momentum * self.var + (1 - self.momentum) * var
        else:
            mu, var = self.mean, self.var
        self.inv = 1.0 / np.sqrt(var + 1e-5)
        self.xhat = (x - mu) * self.inv
        return self.gamma * self.xhat + self.beta

    def backward(self, d):
        self.dgamma = np.sum(d * self.xhat, axis=0)
        self.dbeta = np.sum(d, axis=0)
        return d * self.gamma * self.inv


class ReLU(Layer):
    def forward(self, x, train=True):
        self.on = x > 0
        return x * self.on

    def backward(self, d):
        return d * self.on


class Model:
    def __init__(self, n_in, n_hid, n_out, seed=0):
        rng = np.random.default_rng(seed)
        self.layers = [Linear(n_in, n_hid, rng), BatchNorm(n_hid), ReLU(), Linear(n_hid, n_out, rng)]

    def forward(self, x, train=True):
        for layer in self.layers:
            x = layer.forward(x, train)
        return x

    def train_step(self, x, t, lr=0.05):
        y = self.forward(x)
        d = (y - t) / len(x)
        for layer in reversed(self.layers):
            d = layer.backward(d)
        for layer in self.layers:
            for name in layer.params:
                setattr(layer, name, getattr(layer, name) - lr * getattr(layer, "d" + name))
        return 0.5 * np.sum((y - t) ** 2) / len(x)
