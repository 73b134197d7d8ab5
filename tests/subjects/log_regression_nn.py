import numpy as np

def sigmoid(z):
    return 1 / (1 + np.exp(-z))

class BinaryNN:
    def __init__(self, n_features, n_neurons=5, lr=0.5, n_iters=2000):
        rng = np.random.RandomState(18)
        self.lr, self.n_iters = lr, n_iters
        self.W1, self.b1 = rng.randn(n_neurons, n_features), np.zeros((n_neurons, 1))
        self.W2, self.b2 = rng.randn(1, n_neurons) * 0.5, np.zeros((1, 1))

    def forward(self, X):
        self.A1 = np.tanh(self.W1.dot(X) + self.b1)
        self.A2 = sigmoid(self.W2.dot(self.A1) + self.b2)
        return self.A2

    def loss(self, Y):
        A = np.clip(self.A2, 1e-9, 1 - 1e-9)
        return -np.mean(Y * np.log(A) + (1 - Y) * np.log(1 - A))

    def fit(self, X, Y):
        m = X.shape[1]
        for i in range(self.n_iters):
            self.forward(X)
            if i % 400 == 0:
                print('loss', self.loss(Y))
            dZ2 = (self.A2 - Y) * self.A2 * (1 - self.A2)
            dW2 = dZ2.dot(self.A1.T) / m
            db2 = dZ2.sum(axis=1, keepdims=True) / m
            dZ1 = self.W2.T.dot(dZ2) * (1 - self.A1 ** 2)
            dW1 = dZ1.dot(X.T) / m
            db1 = dZ1.sum(axis=1, keepdims=True) / m
            self.W1 -= self.lr * dW1
            self.b1 -= self.lr * db1
            self.W2 -= self.lr * dW2
            self.b2 -= self.lr * db2
        return self
