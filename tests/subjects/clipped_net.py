import numpy as np

CLIP = 1.0


class ClippedNet:
    def __init__(self, sizes):
        rng = np.random.RandomState(8)
        self.sizes = sizes
        self.w = [rng.randn(n, m) / np.sqrt(m) for m, n in zip(sizes, sizes[1:])]
        self.b = [np.zeros(n) for n in sizes[1:]]

    def activations(self, x):
        a = [np.asarray(x, dtype=float)]
        for i, (w, b) in enumerate(zip(self.w, self.b)):
            z = w @ a[-1] + b
            a.append(z if i == len(self.w) - 1 else np.tanh(z))
        return a

    def gradient(self, x, t):
        a = self.activations(x)
        d = a[-1] - t
        gw, gb = [], []
        for i in range(len(self.w) - 1, -1, -1):
            gw.insert(0, np.outer(d, a[i]))
            gb.insert(0, d)
            if i > 0:
                d = (self.w[i].T @ d) * (1 - a[i] ** 2)
        # never let one example tear the net apart
        norm = np.sqrt(sum((g ** 2).sum() for g in gw) + sum((g ** 2).sum() for g in gb))
        if norm > CLIP:
            gw = [g * CLIP / norm for g in gw]
            gb = [g * CLIP / norm for g in gb]
        return gw, gb

    def error(self, xs, ts):
        return sum(0.5 * np.sum((self.activations(x)[-1] - t) ** 2) for x, t in zip(xs, ts)) / len(xs)

    def train(self, xs, ts, lr, epochs):
        for epoch in range(epochs):
            for x, t in zip(xs, ts):
                gw, gb = self.gradient(x, t)
                for i in range(len(self.w)):
                    self.w[i] -= lr * gw[i]
                    self.b[i] -= lr * gb[i]
            if epoch % 20 == 0:
                print("epoch %d error %.5f" % (epoch, self.error(xs, ts)))


if __name__ == "__main__":
    rng = np.random.RandomState(0)
    xs = rng.uniform(-1, 1, (80, 2))
    ts = np.stack([xs[:, 0] * xs[:, 1], np.sin(2 * xs[:, 0])], axis=1)
    net = ClippedNet([2, 10, 2])
    net.train(xs, ts, 0.1, 100)
    print("error", net.error(xs, ts))
