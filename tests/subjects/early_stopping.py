import numpy as np


def act(z):
    return 1 / (1 + np.exp(-z))


class Stopper:
    def __init__(self, n_in, n_hid, rng):
        self.w = [rng.normal(0, 1, (n_in, n_hid)), np.zeros(n_hid), rng.normal(0, 1, (n_hid, 1)), np.zeros(1)]

    def out(self, X):
        self.h = act(X @ self.w[0] + self.w[1])
        return self.h @ self.w[2] + self.w[3]

    def mse(self, X, Y):
        return np.mean((self.out(X) - Y) ** 2)

    def grads(self, X, Y):
        e = 2 * (self.out(X) - Y) / len(X)
        b = e @ self.w[2].T * self.h * (1 - self.h)
        return [X.T @ b, b.sum(axis=0), self.h.T @ e, e.sum(axis=0)]

    def fit(self, X, Y, X_val, Y_val, rate=0.3, epochs=4000):
        best, best_error, best_epoch = None, np.inf, 0
        for epoch in range(epochs):
            for w, g in zip(self.w, self.grads(X, Y)):
                w -= rate * g
            error = self.mse(X_val, Y_val)
            if error < best_error:
                best, best_error, best_epoch = self.w, error, epoch
            if epoch % 800 == 0:
                print(epoch, "training", self.mse(X, Y), "validation", error)
        self.w = best
        return best_error, best_epoch


if __name__ == "__main__":
    rng = np.random.default_rng(9)
    X = rng.uniform(-2, 2, (24, 1))
    Y = np.sin(2 * X) + rng.normal(0, 0.35, X.shape)
    X_val = rng.uniform(-2, 2, (60, 1))
    Y_val = np.sin(2 * X_val) + rng.normal(0, 0.35, X_val.shape)
    net = Stopper(1, 25, rng)
    best_error, best_epoch = net.fit(X, Y, X_val, Y_val)
    now = net.mse(X_val, Y_val)
    print("best", best_error, "at epoch", best_epoch, "now", now)
