"""Rare-event detector: binary cross-entropy with a weight on the positive class."""
import numpy as np


class RareEventNet:

    def __init__(self, n_features, n_hidden=6, positive_weight=5.0, seed=0):
        rng = np.random.default_rng(seed)
        self.positive_weight = positive_weight
        self.hidden_weights = rng.normal(scale=n_features ** -0.5, size=(n_hidden, n_features))
        self.hidden_bias = np.zeros((n_hidden, 1))
        self.output_weights = rng.normal(scale=n_hidden ** -0.5, size=(1, n_hidden))
        self.output_bias = np.zeros((1, 1))

    def forward(self, X):
        """X holds one example per column."""
        self.X = X
        self.hidden_z = self.hidden_weights @ X + self.hidden_bias
        # softplus
        self.hidden_a = np.log1p(np.exp(-np.abs(self.hidden_z))) + np.maximum(self.hidden_z, 0)
        logit = self.output_weights @ self.hidden_a + self.output_bias
        self.probability = 1 / (1 + np.exp(-logit))
        return self.probability

    def loss(self, X, y):
        p = self.forward(X)
        return -np.mean(self.positive_weight * y * np.log(p) + (1 - y) * np.log(1 - p))

    def gradient(self, X, y):
        p = self.forward(X)
        m = X.shape[1]
        d_logit = ((1 - y) * p - self.positive_weight * y * (1 - p)) / m
        d_hidden = self.output_weights.T @ d_logit / (1 + np.exp(-self.hidden_z))
        return {"hidden_weights": d_hidden @ X.T,
                "hidden_bias": d_hidden.sum(axis=1, keepdims=True),
                "output_weights": d_logit @ self.hidden_a.T,
                "output_bias": d_logit.sum(axis=1, keepdims=True)}

    def descend(self, X, y, rate=0.1):
        for name, slope in self.gradient(X, y).items():
            setattr(self, name, getattr(self, name) - rate * slope)
        return self.loss(X, y)
