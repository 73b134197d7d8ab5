import numpy as np


class Layer:
    def __init__(self, n_in, n_out, rng):
        self.w = 20 * rng.standard_normal((n_in, n_out))
        self.b = 20 * rng.standard_normal(n_out)

    def forward(self, x):
        self.x = x
        self.y = 1 / (1 + np.exp(-(x @ self.w + self.b)))
        return self.y

    def backward(self, grad):
        d = grad * self.y * (1 - self.y)
        self.gw, self.gb = self.x.T @ d, d.sum(axis=0)
        return d @ self.w.T


class Model:
    def __init__(self, *sizes, seed=3):
        rng = np.random.default_rng(seed)
        self.layers = [Layer(i, o, rng) for i, o in zip(sizes, sizes[1:])]

    def __call__(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def fit(self, x, t, lr, epochs):
        for epoch in range(epochs):
            grad = self(x) - t
            if epoch % 500 == 0:
                print(epoch, "error", 0.5 * np.sum(grad ** 2))
            for layer in reversed(self.layers):
                grad = layer.backward(grad)
            for layer in self.layers:
                layer.w -= lr * layer.gw
                layer.b -= lr * layer.gb


if __name__ == "__main__":
    codes = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
    wanted = np.c_[codes.sum(axis=1) >= 2, codes[:, 0] ^ codes[:, 1], codes[:, 2]].astype(float)
    model = Model(3, 8, 3)
    with np.errstate(over="ignore"):
        model.fit(codes, wanted, 0.5, 4000)
        out = model(codes)
    print(np.c_[wanted, out.round(2)])
