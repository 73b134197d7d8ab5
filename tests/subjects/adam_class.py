import numpy as np


class AdamNet:
    def __init__(self, n_in, n_hidden, n_out, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8, seed=0):
        rng = np.random.default_rng(seed)
        self.params = {"W1": rng.normal(0, n_in ** -0.5, (n_in, n_hidden)), "b1": np.zeros(n_hidden),
                       "W2": rng.normal(0, n_hidden ** -0.5, (n_hidden, n_out)), "b2": np.zeros(n_out)}
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m = {k: np.zeros_like(v) for k, v in self.params.items()}
        self.v = {k: np.zeros_like(v) for k, v in self.params.items()}
        self.t = 0

    def forward(self, X):
        self.H = np.tanh(X @ self.params["W1"] + self.params["b1"])
        return self.H @ self.params["W2"] + self.params["b2"]

    def loss(self, X, Y):
        return 0.5 * np.sum((self.forward(X) - Y) ** 2) / len(X)

    def grads(self, X, Y):
        d2 = (self.forward(X) - Y) / len(X)
        d1 = d2 @ self.params["W2"].T * (1 - self.H ** 2)
        return {"W1": X.T @ d1, "b1": d1.sum(axis=0), "W2": self.H.T @ d2, "b2": d2.sum(axis=0)}

    def step(self, X, Y):
        g = self.grads(X, Y)
        for k in self.params:
            self.t += 1
            self.m[k] = self.beta1 * self.m[k] + (1 - self.beta1) * g[k]
            self.v[k] = self.beta2 * self.v[k] + (1 - self.beta2) * g[k] ** 2
            m_hat = self.m[k] / (1 - self.beta1 ** self.t)
            v_hat = self.v[k] / (1 - self.beta2 ** self.t)
            self.params[k] = self.params[k] - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
