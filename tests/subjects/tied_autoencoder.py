"""Autoencoder whose decoder uses the transposed matrix of the encoder."""
import numpy as np


class TiedAutoencoder:
    def __init__(self, visible, code, seed=0):
        gen = np.random.default_rng(seed)
        self.W = gen.normal(0, 0.4, (visible, code))
        self.b_code = np.zeros(code)
        self.b_rec = np.zeros(visible)

    def encode(self, X):
        return np.tanh(X @ self.W + self.b_code)

    def decode(self, H):
        return H @ self.W.T + self.b_rec

    def reconstruction_error(self, X):
        return np.mean(np.sum((self.decode(self.encode(X)) - X) ** 2, axis=1))

    def grads(self, X):
        H = self.encode(X)
        R = self.decode(H)
        dR = 2 * (R - X) / len(X)
        dH = dR @ self.W
        dZ = dH * (1 - H ** 2)
        dW = X.T @ dZ + dR.T @ H
        return dW, dZ.sum(axis=0), dR.sum(axis=0)

    def fit(self, X, rate=0.05, rounds=400, log=True):
        for r in range(rounds):
            dW, dc, dr = self.grads(X)
            self.W -= rate * dW
            self.b_code -= rate * dc
            self.b_rec -= rate * dr
            if log and r % 100 == 0:
                print(f"{r:4d} {self.reconstruction_error(X):.4f}")
        return self
