# classify two interleaving half circles
import numpy as np
np.random.seed(3)

class HalfCircles:
    def __init__(self, n_hidden = 8, n_classes = 2):
        self.W1 = np.random.randn(2, n_hidden) / np.sqrt(2)
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = np.random.randn(n_hidden, n_classes) / np.sqrt(n_hidden)
        self.b2 = np.zeros((1, n_classes))
        self.shrink = 0.01
        self.rate = 0.01

    def probabilities(self, X):
        self.a1 = np.tanh(X.dot(self.W1) + self.b1)
        scores = np.exp(self.a1.dot(self.W2) + self.b2)
        return scores / scores.sum(axis = 1, keepdims = True)

    def cost_of(self, X, y):
        p = self.probabilities(X)
        data_loss = -np.log(p[range(len(X)), y]).sum()
        data_loss += self.shrink / 2 * (np.square(self.W1).sum() + np.square(self.W2).sum())
        return data_loss / len(X)

    def improve(self, X, y):
        # the gradient of the sum, not of the mean; rate is small enough for that
        delta2 = self.probabilities(X)
        delta2[range(len(X)), y] -= 1
        dW2 = self.a1.T.dot(delta2) + self.shrink * self.W2
        db2 = delta2.sum(axis = 0, keepdims = True)
        delta1 = delta2.dot(self.W2.T) * (1 - self.a1 ** 2)
        dW1 = X.T.dot(delta1) + self.shrink * self.W1
        db1 = delta1.sum(axis = 0)
        self.W1 -= self.rate * dW1
        self.b1 -= self.rate * db1
        self.W2 -= self.rate * dW2
        self.b2 -= self.rate * db2

if __name__ == '__main__':
    t = np.pi * np.random.rand(140)
    y = np.arange(140) % 2
    X = np.column_stack([np.cos(t) * (1 - 2 * y) + y, np.sin(t) * (1 - 2 * y) + 0.5 * y])
    X += 0.12 * np.random.randn(140, 2)
    net = HalfCircles()
    for i in range(1500):
        net.improve(X, y)
        if i % 300 == 0:
            print("%5d %.4f" % (i, net.cost_of(X, y)))
    print("accuracy", np.mean(net.probabilities(X).argmax(axis = 1) == y))
