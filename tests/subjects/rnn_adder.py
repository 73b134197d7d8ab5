import numpy as np


class BinaryAdder:
    """reads two binary numbers from the lowest bit on and writes their sum"""

    def __init__(self, hidden=10, seed=3):
        rng = np.random.RandomState(seed)
        self.U = rng.uniform(-1, 1, (hidden, 2))
        self.R = rng.uniform(-1, 1, (hidden, hidden)) * 0.7
        self.c = np.zeros(hidden)
        self.V = rng.uniform(-1, 1, (1, hidden))
        self.d = np.zeros(1)

    def forward(self, bits):
        self.hs = [np.zeros(len(self.c))]
        self.ys = []
        for x in bits:
            self.hs.append(np.tanh(self.U @ x + self.R @ self.hs[-1] + self.c))
            self.ys.append(1 / (1 + np.exp(-(self.V @ self.hs[-1] + self.d))))
        return np.array(self.ys)[:, 0]

    def loss(self, bits, total):
        y = self.forward(bits)
        return -np.sum(total * np.log(y) + (1 - total) * np.log(1 - y))

    def bptt(self, bits, total):
        self.forward(bits)
        gU, gR, gc, gV, gd = (np.zeros_like(p) for p in (self.U, self.R, self.c, self.V, self.d))
        from_future = np.zeros(len(self.c))
        for t in range(len(bits) - 1, -1, -1):
            dy = self.ys[t] - total[t]
            gV += np.outer(dy, self.hs[t + 1])
            gd += dy
            dh = self.V.T @ dy + from_future
            da = dh * (1 - self.hs[t + 1] ** 2)
            gU += np.outer(da, bits[t])
            gR += np.outer(da, self.hs[t])
            gc += da
            from_future = self.R.T @ dh
        return gU, gR, gc, gV, gd

    def learn(self, bits, total, rate):
        for p, g in zip((self.U, self.R, self.c, self.V, self.d), self.bptt(bits, total)):
            p -= rate * g


def to_bits(n, length=6):
    return np.array([(n >> k) & 1 for k in range(length)], dtype=float)


if __name__ == "__main__":
    rng = np.random.RandomState(1)
    net = BinaryAdder()
    running = 4.0
    for i in range(1500):
        a, b = rng.randint(0, 32, 2)
        bits = np.stack([to_bits(a), to_bits(b)], axis=1)
        running += 0.01 * (net.loss(bits, to_bits(a + b)) - running)
        net.learn(bits, to_bits(a + b), 0.1)
        if i % 500 == 0:
            print(i, "loss", running)
    right = 0
    for a in range(0, 32, 3):
        for b in range(0, 32, 5):
            out = net.forward(np.stack([to_bits(a), to_bits(b)], axis=1)) > 0.5
            right += int(np.all(out == to_bits(a + b)))
    print("sums right:", right, "of", 11 * 7)
