import numpy as np


class ANN:

    def __init__(self, topology):
        self.topology = topology
        self.thetas = [np.random.randn(topology[i + 1], topology[i]) / np.sqrt(topology[i])
                       for i in range(len(topology) - 1)]
        self.offsets = [np.random.randn(topology[i + 1]) * 0.1
                        for i in range(len(topology) - 1)]

    @staticmethod
    def g(z):
        return 1.0 / (1.0 + np.exp(-z))

    def activations(self, X):
        result = [X]
        for theta, offset in zip(self.thetas, self.offsets):
            result.append(self.g(np.matmul(result[-1], theta.T) + offset))
        return result

    def deltas(self, acts, Y):
        last = acts[-1]
        ds = [(last - Y) * last * (1 - last)]
        for k in range(len(self.thetas) - 1, 0, -1):
            a = acts[k]
            ds.append(np.matmul(ds[-1], self.thetas[k]) * a * (1 - a))
        return ds

    def learn(self, X, Y, alpha):
        """one step of gradient descent on half the mean squared error"""
        acts = self.activations(X)
        ds = self.deltas(acts, Y)
        for k in range(len(self.thetas)):
            self.thetas[k] = self.thetas[k] - alpha * np.matmul(ds[k].T, acts[k]) / len(X)
            self.offsets[k] = self.offsets[k] - alpha * ds[k].mean(axis=0)

    def error(self, X, Y):
        return np.mean(np.sum((self.activations(X)[-1] - Y) ** 2, axis=1)) / 2
