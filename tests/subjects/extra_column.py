import numpy as np


class ColumnNet:
    """Each theta has one column more than the layer has inputs: column 0 is for the bias."""

    def __init__(self, n_in, n_hid, n_out):
        rng = np.random.RandomState(20)
        self.thetas = [rng.uniform(-1, 1, (n_hid, n_in + 1)), rng.uniform(-1, 1, (n_out, n_hid + 1))]

    def add_bias(self, A, value=1.0):
        return np.insert(A, 0, value, axis=1)

    def g(self, Z):
        return 1 / (1 + np.exp(-Z))

    def hypothesis(self, X):
        self.A = [X]
        for theta in self.thetas:
            self.A.append(self.g(self.add_bias(self.A[-1], 0.0) @ theta.T))
        return self.A[-1]

    def J(self, X, Y):
        H = self.hypothesis(X)
        return -np.sum(Y * np.log(H) + (1 - Y) * np.log(1 - H)) / len(X)

    def gradients(self, X, Y):
        m = len(X)
        D2 = self.hypothesis(X) - Y
        D1 = (D2 @ self.thetas[1][:, 1:]) * self.A[1] * (1 - self.A[1])
        return [D1.T @ self.add_bias(X) / m, D2.T @ self.add_bias(self.A[1]) / m]

    def train(self, X, Y, alpha, iterations):
        for it in range(iterations):
            grads = self.gradients(X, Y)
            for k in range(2):
                self.thetas[k] = self.thetas[k] - alpha * grads[k]
            if it % 500 == 0:
                print("J after", it, ":", self.J(X, Y))


if __name__ == "__main__":
    # nor, nand, xnor: all of them need a bias
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    Y = np.array([[1, 1, 1], [0, 1, 0], [0, 1, 0], [0, 0, 1]], dtype=float)
    net = ColumnNet(2, 5, 3)
    net.train(X, Y, 2.0, 3000)
    print(net.hypothesis(X).round(2))
