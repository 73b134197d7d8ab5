import numpy as np


class BagOfEmbeddings:
    """Average the vectors of a text's words, then one logistic unit."""

    def __init__(self, vocabulary, dimensions, seed=0):
        rng = np.random.default_rng(seed)
        self.embedding = rng.normal(scale=0.5, size=(vocabulary, dimensions))
        self.weight = rng.normal(scale=0.5, size=dimensions)
        self.bias = 0.0

    def forward(self, ids):
        self.ids = ids
        self.mean = self.embedding[ids].mean(axis=0)
        self.p = 1 / (1 + np.exp(-(self.mean @ self.weight + self.bias)))
        return self.p

    def loss(self, ids, label):
        p = self.forward(ids)
        return -(label * np.log(p) + (1 - label) * np.log(1 - p))

    def backward(self, label):
        d = self.p - label
        grad_embedding = np.zeros_like(self.embedding)
        for i in self.ids:
            grad_embedding[i] += d * self.weight
        return grad_embedding, d * self.mean, d

    def update(self, ids, label, lr=0.1):
        self.forward(ids)
        ge, gw, gb = self.backward(label)
        self.embedding -= lr * ge
        self.weight -= lr * gw
        self.bias -= lr * gb

    def fit(self, texts, labels, epochs=20, lr=0.1):
        for _ in range(epochs):
            for ids, label in zip(texts, labels):
                self.update(np.asarray(ids), label, lr)
        return sum(self.loss(np.asarray(t), y) for t, y in zip(texts, labels))
