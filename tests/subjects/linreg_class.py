import numpy as np


class LinearRegressionGD:
    def __init__(self, eta=0.05, n_iter=200, l2=0.0):
        self.eta = eta
        self.n_iter = n_iter
        self.l2 = l2

    def _start(self, n_features):
        self.coef = np.zeros(n_features)
        self.intercept = 0.0
        self.cost_history = []

    def predict(self, X):
        return X @ self.coef + self.intercept

    def cost(self, X, y):
        residual = y - self.predict(X)
        return residual @ residual / (2 * len(y)) + 0.5 * self.l2 * self.coef @ self.coef

    def partial_fit(self, X, y):
        residual = y - self.predict(X)
        # residual is y minus prediction, hence the plus
        self.coef = self.coef + self.eta * (X.T @ residual / len(y) - self.l2 * self.coef)
        self.intercept = self.intercept + self.eta * residual.mean()
        return self

    def fit(self, X, y):
        self._start(X.shape[1])
        for _ in range(self.n_iter):
            self.partial_fit(X, y)
            self.cost_history.append(self.cost(X, y))
        return self

    def r2(self, X, y):
        return 1 - np.sum((y - self.predict(X)) ** 2) / np.sum((y - y.mean()) ** 2)
