import numpy as np


class Net:

    def __init__(self, sizes):
        np.random.seed(42)
        self.sizes = sizes
        self.W = [np.random.randn(b, a) * 0.7 for a, b in zip(sizes, sizes[1:])]
        self.B = [np.zeros((b, 1)) for b in sizes[1:]]

    def act(self, z):
        return 1.0 / (1.0 + np.exp(-z))

    def output(self, x):
        for W, B in zip(self.W, self.B):
            x = self.act(W @ x + B)
        return x

    def gradient(self, x, y):
        a = [x]
        for W, B in zip(self.W, self.B):
            a.append(self.act(W @ a[-1] + B))
        dW, dB = [], []
        delta = (a[-1] - y) * a[-1] * (1 - a[-1])
        for k in range(len(self.W) - 1, -1, -1):
            dW.append(delta @ a[k].T)
            dB.append(delta)
            if k:
                delta = (self.W[k].T @ delta) * a[k] * (1 - a[k])
        dW.reverse()
        dB.reverse()
        return dW, dB

    def train(self, data, eta, epochs):
        # accumulators for the gradient of one pass over the data
        gW = [np.zeros_like(W) for W in self.W]
        gB = [np.zeros_like(B) for B in self.B]
        for epoch in range(epochs):
            for x, y in data:
                dW, dB = self.gradient(x, y)
                for k in range(len(self.W)):
                    gW[k] += dW[k]
                    gB[k] += dB[k]
            for k in range(len(self.W)):
                self.W[k] -= eta * gW[k] / len(data)
                self.B[k] -= eta * gB[k] / len(data)
            if epoch % 200 == 0:
                print(epoch, self.error(data))

    def error(self, data):
        return sum(float(np.sum((self.output(x) - y) ** 2)) for x, y in data) / 2 / len(data)


def col(*v):
    return np.array(v, dtype=float).reshape(-1, 1)


data = [(col(0, 0), col(0, 0)), (col(0, 1), col(1, 0)), (col(1, 0), col(1, 0)), (col(1, 1), col(0, 1))]

if __name__ == "__main__":
    # half adder: sum and carry
    net = Net([2, 4, 2])
    net.train(data, 4.0, 2000)
    for x, y in data:
        print(x.ravel(), y.ravel(), net.output(x).ravel().round(2))
