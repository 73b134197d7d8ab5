import numpy as np


class DropoutNet:
    """tanh network with (inverted) dropout on the hidden layer"""

    def __init__(self, n_in, n_hidden, n_out, keep=0.8, seed=0):
        self.rng = np.random.default_rng(seed)
        self.keep = keep
        self.w_1 = self.rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_hidden))
        self.b_1 = np.zeros(n_hidden)
        self.w_2 = self.rng.normal(0, 1 / np.sqrt(n_hidden), (n_hidden, n_out))
        self.b_2 = np.zeros(n_out)

    def forward(self, x, training=False):
        self.h = np.tanh(x @ self.w_1 + self.b_1)
        if training:
            self.mask = (self.rng.random(self.h.shape) < self.keep) / self.keep
        else:
            self.mask = np.ones(self.h.shape)
        self.dropped = self.h * self.mask
        z = self.dropped @ self.w_2 + self.b_2
        e = np.exp(z - z.max(axis=1, keepdims=True))
        self.p = e / e.sum(axis=1, keepdims=True)
        return self.p

    def backward(self, x, y):
        d = self.p.copy()
        d[np.arange(len(y)), y] -= 1
        d /= len(y)
        g_w2 = self.dropped.T @ d
        g_b2 = d.sum(axis=0)
        d_h = d @ self.w_2.T * self.mask * (1 - self.h ** 2)
        return x.T @ d_h, d_h.sum(axis=0), g_w2, g_b2

    def train(self, x, y, lr, epochs):
        for epoch in range(epochs):
            p = self.forward(x, training=True)
            loss = -np.log(p[np.arange(len(y)), y]).mean()
            g = self.backward(x, y)
            self.w_1 -= lr * g[0]
            self.b_1 -= lr * g[1]
            self.w_2 -= lr * g[2]
            self.b_2 -= lr * g[3]
            if epoch % 100 == 0:
                print(f"{epoch}: {loss:.4f}")


if __name__ == "__main__":
    rng = np.random.default_rng(8)
    y = np.arange(90) % 3
    angle = 2 * np.pi * y / 3 + rng.normal(0, 0.3, 90)
    x = np.column_stack([np.cos(angle), np.sin(angle)]) * rng.uniform(0.5, 1.5, (90, 1))
    net = DropoutNet(2, 20, 3)
    net.train(x, y, 0.5, 500)
    print("accuracy", (net.forward(x).argmax(axis=1) == y).mean())
