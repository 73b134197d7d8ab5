"""Parity of two bits, quick try before the meeting."""
import numpy as np


class QuickNet:
    def __init__(self, seed=2):
        r = np.random.RandomState(seed)
        self.Ws = [r.randn(2, 5), r.randn(5, 1)]
        self.bs = [np.zeros(5), np.zeros(1)]

    def forward(self, X):
        self.As = [X]
        for W, b in zip(self.Ws, self.bs):
            self.As.append(1 / (1 + np.exp(-(self.As[-1] @ W + b))))
        return self.As[-1]

    def backward(self, Y):
        d = self.As[-1] - Y
        gWs, gbs = [None, None], [None, None]
        for k in (1, 0):
            gWs[k] = self.As[k].T @ d / len(Y)
            gbs[k] = d.mean(axis=0)
            d = d @ self.Ws[k].T * self.As[k] * (1 - self.As[k])
        return gWs, gbs

    def loss(self, X, Y):
        P = self.forward(X)
        return -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P))

    def train(self, X, Y, rate, epochs):
        for e in range(epochs):
            self.forward(X)
            gWs, gbs = self.backward(Y)
            for k in range(2):
                self.Ws[k] = self.Ws[k] - rate * gWs[k]
                self.bs[k] = self.bs[k] - rate * gbs[k]
            print("epoch", e, "loss", round(self.loss(X, Y), 5))


X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0], [1], [1], [0]])

if __name__ == "__main__":
    net = QuickNet()
    net.train(X, Y, 1.0, 20)
    print(net.forward(X))
