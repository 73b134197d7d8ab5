import numpy as np


class MLPClassifier:
    """ReLU hidden layers, softmax on top, labels are integers."""

    def __init__(self, layer_sizes, lr=0.1, batch_size=32, random_state=0):
        self.rng = np.random.default_rng(random_state)
        self.lr = lr
        self.batch_size = batch_size
        self.weights = []
        self.biases = []
        for n_in, n_out in zip(layer_sizes[:-1], layer_sizes[1:]):
            self.weights.append(self.rng.normal(size=(n_in, n_out)) * np.sqrt(2 / n_in))
            self.biases.append(np.zeros(n_out))

    def _forward(self, X):
        hidden = [X]
        for W, b in zip(self.weights[:-1], self.biases[:-1]):
            hidden.append(np.maximum(0, hidden[-1] @ W + b))
        logits = hidden[-1] @ self.weights[-1] + self.biases[-1]
        logits = logits - logits.max(axis=1, keepdims=True)
        e = np.exp(logits)
        return hidden, e / e.sum(axis=1, keepdims=True)

    def loss(self, X, y):
        _, probs = self._forward(X)
        return -np.log(probs[np.arange(len(y)), y] + 1e-12).mean()

    def _backward(self, X, y):
        hidden, probs = self._forward(X)
        d = probs.copy()
        d[np.arange(len(y)), y] -= 1
        d /= len(y)
        grads = []
        for i in range(len(self.weights) - 1, -1, -1):
            grads.append((hidden[i].T @ d, d.sum(axis=0)))
            d = d @ self.weights[i].T
            d[hidden[i] <= 0] = 0
        return grads[::-1]

    def fit(self, X, y, epochs=30):
        n = len(X)
        for epoch in range(epochs):
            order = self.rng.permutation(n)
            for start in range(0, n, self.batch_size):
                idx = order[start:start + self.batch_size]
                for i, (gW, gb) in enumerate(self._backward(X[idx], y[idx])):
                    self.weights[i] -= self.lr * gW
                    self.biases[i] -= self.lr * gb
        return self

    def predict(self, X):
        return self._forward(X)[1].argmax(axis=1)

    def score(self, X, y):
        return (self.predict(X) == y).mean()


def three_spirals(per_class=60, seed=4):
    rng = np.random.default_rng(seed)
    X, y = [], []
    for c in range(3):
        r = np.linspace(0.1, 1, per_class)
        t = np.linspace(c * 2.1, c * 2.1 + 3, per_class) + rng.normal(size=per_class) * 0.1
        X.append(np.c_[r * np.sin(t), r * np.cos(t)])
        y.append(np.full(per_class, c))
    return np.concatenate(X), np.concatenate(y)
