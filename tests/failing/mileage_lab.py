# ML lab 4: regression of the Auto-MPG-like table with a 2 layer ReLU network
import numpy as np

np.random.seed(12)
N = 60
hp = np.random.uniform(45, 230, N)
weight = np.random.uniform(1600, 5000, N)
mpg = 46 - 0.04 * hp - 0.005 * weight + np.random.randn(N)

X = np.c_[(hp - hp.mean()) / hp.std(), (weight - weight.mean()) / weight.std()]
y = mpg.reshape(-1, 1)

class Regressor:
    def __init__(self, hidden=12):
        self.theta1 = np.random.randn(2, hidden) * np.sqrt(2 / 2)
        self.beta1 = np.zeros((1, hidden))
        self.theta2 = np.random.randn(hidden, 1) * np.sqrt(2 / hidden)
        self.beta2 = np.zeros((1, 1))

    def predict(self, X):
        self.pre = X.dot(self.theta1) + self.beta1
        self.act = np.where(self.pre > 0, self.pre, 0)
        return self.act.dot(self.theta2) + self.beta2

    def fit(self, X, y, eta, n_iter):
        history = []
        for it in range(n_iter):
            out = self.predict(X)
            err = out - y
            history.append((err ** 2).mean())
            g_out = 2 * err / len(X)
            g_theta2 = self.act.T.dot(g_out)
            g_beta2 = g_out.sum(0, keepdims=True)
            g_hid = g_out.dot(self.theta2.T)
            g_hid[self.pre <= 0] = 0
            g_theta1 = X.T.dot(g_hid)
            g_beta1 = g_hid.sum(0, keepdims=True)
            self.theta2 -= eta * g_theta2
            self.beta2 -= eta * g_beta2
            self.theta1 -= eta * g_theta1
            self.beta1 -= eta * g_beta1
        return history

reg = Regressor()
h = reg.fit(X, y, eta=0.5, n_iter=500)
print("mse", h[0], h[-1], "variance of y", y.var())
