import numpy as np
import matplotlib.pyplot as plt

class Regressor:

    def __init__(self, hidden_units = 12):
        np.random.seed(0)
        self.w1 = np.random.randn(1, hidden_units)
        self.b1 = np.random.randn(hidden_units)
        self.w2 = np.random.randn(hidden_units, 1) / np.sqrt(hidden_units)
        self.b2 = np.zeros(1)

    def predict(self, x):
        self.hid = np.tanh(x @ self.w1 + self.b1)
        return self.hid @ self.w2 + self.b2

    def fit(self, x, y, lr = 0.1, n_iter = 2500):
        losses = []
        n = len(x)
        for i in range(n_iter):
            y_hat = self.predict(x)
            losses.append(np.mean((y_hat - y)**2))
            d_out = 2*(y_hat - y)/n
            d_hid = d_out @ self.w2.T * (1 - self.hid**2)
            self.w2 -= lr * self.hid.T @ d_out
            self.b2 -= lr * d_out.sum(axis = 0)
            self.w1 -= lr * x.T @ d_hid
            self.b1 -= lr * d_hid.sum(axis = 0)
        return losses

if __name__ == "__main__":
    x = np.linspace(-3, 3, 60).reshape(-1, 1)
    y = np.sin(x) + 0.05*np.random.RandomState(1).randn(60, 1)

    model = Regressor()
    losses = model.fit(x, y)
    print(f"first loss {losses[0]:.4f}, last loss {losses[-1]:.4f}")

    fig, (ax1, ax2) = plt.subplots(1, 2, figsize = (10, 4))
    ax1.semilogy(losses)
    ax1.set_title("loss")
    ax2.scatter(x, y, s = 8)
    ax2.plot(x, model.predict(x), "r")
    plt.show()
