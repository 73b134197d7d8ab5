import numpy as np


class Perceptron(object):
    """Rosenblatt's rule: step activation, so nothing is differentiated.

    eta : float, learning rate between 0 and 1
    n_iter : int, passes over the training set
    """

    def __init__(self, eta=0.1, n_iter=20):
        self.eta = eta
        self.n_iter = n_iter

    def fit(self, X, y):
        self.w_ = np.zeros(X.shape[1])
        self.b_ = 0.0
        self.errors_ = []
        for _ in range(self.n_iter):
            errors = 0
            for xi, target in zip(X, y):
                update = self.eta * (target - self.predict(xi))
                self.w_ += update * xi
                self.b_ += update
                errors += int(update != 0.0)
            self.errors_.append(errors)
        return self

    def net_input(self, X):
        return np.dot(X, self.w_) + self.b_

    def predict(self, X):
        return np.where(self.net_input(X) >= 0.0, 1, 0)


if __name__ == "__main__":
    rng = np.random.RandomState(1)
    X = np.vstack([rng.randn(30, 2) + [2, 2], rng.randn(30, 2) - [2, 2]])
    y = np.hstack([np.ones(30, dtype=int), np.zeros(30, dtype=int)])
    ppn = Perceptron().fit(X, y)
    print("errors per pass:", ppn.errors_)
    print("weights", ppn.w_, ppn.b_)
