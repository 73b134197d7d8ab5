import numpy as np

class RidgeNet:
    def __init__(self, sizes, weight_decay=0.1, seed=None):
        rng = np.random.default_rng(seed)
        self.wd = weight_decay
        self.model = {}
        for n, (i, o) in enumerate(zip(sizes[:-1], sizes[1:])):
            self.model['W%d' % n] = rng.standard_normal((i, o)) * np.sqrt(1/i)
            self.model['b%d' % n] = np.zeros((1, o))
        self.depth = len(sizes) - 1

    def forward(self, X):
        self.cache = [X]
        for n in range(self.depth):
            z = self.cache[-1] @ self.model['W%d' % n] + self.model['b%d' % n]
            self.cache.append(z if n == self.depth - 1 else np.tanh(z))
        return self.cache[-1]

    def objective(self, X, Y):
        fit = np.sum((self.forward(X) - Y)**2) / X.shape[0]
        penalty = sum(np.sum(self.model['W%d' % n]**2) for n in range(self.depth))
        return fit + self.wd*penalty

    def gradient(self, X, Y):
        grads = {}
        delta = 2*(self.forward(X) - Y) / X.shape[0]
        for n in range(self.depth - 1, -1, -1):
            W = self.model['W%d' % n]
            grads['W%d' % n] = self.cache[n].T @ delta + self.wd*W
            grads['b%d' % n] = np.sum(delta, axis=0, keepdims=True)
            if n > 0:
                delta = (delta @ W.T)*(1 - self.cache[n]**2)
        return grads

    def sgd(self, X, Y, lr=0.05):
        grads = self.gradient(X, Y)
        for key, g in grads.items():
            self.model[key] = self.model[key] - lr*g
        return self.objective(X, Y)
