import numpy as np

class Net3:
    """two hidden layers; every example is a row"""

    def __init__(self, a, b, c, d, seed=0):
        r = np.random.RandomState(seed)
        self.W1, self.b1 = r.randn(a, b)/np.sqrt(a), np.zeros(b)
        self.W2, self.b2 = r.randn(b, c)/np.sqrt(b), np.zeros(c)
        self.W3, self.b3 = r.randn(c, d)/np.sqrt(c), np.zeros(d)

    def forward(self, X):
        self.X = X
        self.A1 = np.tanh(X @ self.W1 + self.b1)
        self.A2 = np.tanh(self.A1 @ self.W2 + self.b2)
        self.out = self.A2 @ self.W3 + self.b3
        return self.out

    def loss(self, X, T):
        return np.mean(np.sum((self.forward(X) - T)**2, axis=1))

    def backward(self, T):
        n = len(T)
        d3 = 2*(self.out - T)/n
        d2 = d3 @ self.W3.T*(1 - self.A2**2)
        d1 = d2 @ self.W2*(1 - self.A1**2)
        self.g = [self.X.T @ d1, d1.sum(0), self.A1.T @ d2, d2.sum(0), self.A1.T @ d3, d3.sum(0)]

    def apply(self, lr):
        self.W1 -= lr*self.g[0]
        self.b1 -= lr*self.g[1]
        self.W2 -= lr*self.g[2]
        self.b2 -= lr*self.g[3]
        self.W3 -= lr*self.g[4]
        self.b3 -= lr*self.g[5]

    def train(self, X, T, lr=0.05, epochs=10):
        for _ in range(epochs):
            self.forward(X)
            self.backward(T)
            self.apply(lr)
        return self.loss(X, T)
