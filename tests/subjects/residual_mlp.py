import numpy as np


def relu(x):
    return np.maximum(x, 0.0)


class ResidualMLP:
    """ x -> in -> (x + relu(x W) V) repeated -> out """

    def __init__(self, n_in, width, n_out, n_blocks, seed=0):
        g = np.random.default_rng(seed)
        self.w_in = g.normal(0, n_in ** -0.5, (n_in, width))
        self.blocks = [[g.normal(0, width ** -0.5, (width, width)), g.normal(0, 0.3 * width ** -0.5, (width, width))]
                       for _ in range(n_blocks)]
        self.w_out = g.normal(0, width ** -0.5, (width, n_out))

    def forward(self, x):
        self.x = x
        s = x @ self.w_in
        self.tape = []
        for w, v in self.blocks:
            h = relu(s @ w)
            self.tape.append((s, h))
            s = s + h @ v
        self.top = s
        return s @ self.w_out

    def loss(self, x, t):
        return np.sum((self.forward(x) - t) ** 2) / len(x)

    def backward(self, t):
        n = len(t)
        dy = 2 * (self.top @ self.w_out - t) / n
        g_out = self.top.T @ dy
        ds = dy @ self.w_out.T
        g_blocks = []
        for (w, v), (s, h) in zip(reversed(self.blocks), reversed(self.tape)):
            dh = ds @ v.T * (h > 0)
            g_blocks.insert(0, (s.T @ dh, h.T @ ds))
            ds = ds + dh @ w.T
        return self.x.T @ ds, g_blocks, g_out

    def update(self, grads, lr):
        g_in, g_blocks, g_out = grads
        self.w_in -= lr * g_in
        for block, (gw, gv) in zip(self.blocks, g_blocks):
            block[0] -= lr * gw
            block[1] -= lr * gv
        self.w_out -= lr * g_out

    def train_step(self, x, t, lr=0.01):
        value = self.loss(x, t)
        self.update(self.backward(t), lr)
        return value
