import numpy as np

np.random.seed(0)


class SimpleNet:
    def __init__(self, n0, n1, n2):
        self.W1 = np.random.randn(n0, n1)
        self.W2 = np.random.randn(n1, n2)

    def sigmoid(self, x):
        return 1 / (1 + np.exp(-x))

    def forward(self, X):
        self.h = self.sigmoid(X.dot(self.W1))
        self.y = self.sigmoid(self.h.dot(self.W2))
        return self.y

    def loss(self, X, T):
        return 0.5 * np.sum((self.forward(X) - T) ** 2)

    def backprop(self, X, T):
        self.forward(X)
        d2 = (self.y - T) * self.y * (1 - self.y)
        d1 = d2.dot(self.W2.T) * self.h * (1 - self.h)
        self.dW1 = X.T.dot(d1)
        self.dW2 = self.h.T.dot(d2)

    def numeric(self, X, T, eps=1e-5):
        result = []
        for W in (self.W1, self.W2):
            G = np.zeros_like(W)
            for i in range(W.shape[0]):
                for j in range(W.shape[1]):
                    w = W[i, j]
                    W[i, j] = w + eps
                    plus = self.loss(X, T)
                    W[i, j] = w - eps
                    minus = self.loss(X, T)
                    W[i, j] = w
                    G[i, j] = (plus - minus) / (2 * eps)
            result.append(G)
        return result

    def compare(self, X, T):
        self.backprop(X, T)
        print("   numerical    backprop")
        for N, B in zip(self.numeric(X, T), (self.W1, self.W2)):
            for n, b in zip(N.ravel(), B.ravel()):
                print("%12.6f %11.6f" % (n, b))


X = np.array([[0, 0, 1], [0, 1, 1], [1, 0, 1], [1, 1, 1]])
T = np.array([[0], [1], [1], [0]])
net = SimpleNet(3, 4, 1)
net.compare(X, T)
for step in range(3000):
    net.backprop(X, T)
    net.W1 -= 1.0 * net.dW1
    net.W2 -= 1.0 * net.dW2
print("loss", net.loss(X, T))
