import numpy as np


class MiniBatchNet:
    def __init__(self, sizes):
        rng = np.random.RandomState(45)
        self.weights = [rng.randn(o, i) / np.sqrt(i) for i, o in zip(sizes[:-1], sizes[1:])]
        self.biases = [np.zeros(o) for o in sizes[1:]]
        # made once, saves time
        self.zero_w = [np.zeros_like(w) for w in self.weights]
        self.zero_b = [np.zeros_like(b) for b in self.biases]

    def s(self, z):
        return 1 / (1 + np.exp(-z))

    def forward(self, x):
        acts = [x]
        for w, b in zip(self.weights, self.biases):
            acts.append(self.s(w @ acts[-1] + b))
        return acts

    def backward(self, x, y):
        acts = self.forward(x)
        delta = acts[-1] - y
        gw, gb = [np.outer(delta, acts[-2])], [delta]
        for l in range(len(self.weights) - 1, 0, -1):
            delta = self.weights[l].T @ delta * acts[l] * (1 - acts[l])
            gw.insert(0, np.outer(delta, acts[l - 1]))
            gb.insert(0, delta)
        return gw, gb

    def train_batch(self, xs, ys, rate):
        sum_w, sum_b = self.zero_w, self.zero_b
        for x, y in zip(xs, ys):
            gw, gb = self.backward(x, y)
            for k in range(len(gw)):
                sum_w[k] += gw[k]
                sum_b[k] += gb[k]
        for k in range(len(self.weights)):
            self.weights[k] -= rate / len(xs) * sum_w[k]
            self.biases[k] -= rate / len(xs) * sum_b[k]

    def cost(self, xs, ys):
        total = 0.0
        for x, y in zip(xs, ys):
            p = np.clip(self.forward(x)[-1], 1e-9, 1 - 1e-9)
            total -= np.sum(y * np.log(p) + (1 - y) * np.log(1 - p))
        return total / len(xs)

    def train(self, xs, ys, rate, size, epochs):
        for e in range(epochs):
            for s in range(0, len(xs), size):
                self.train_batch(xs[s:s + size], ys[s:s + size], rate)
            if e % 20 == 0:
                print("epoch", e, "cost", self.cost(xs, ys))


if __name__ == "__main__":
    rng = np.random.RandomState(1)
    kind = np.arange(90) % 3
    xs = np.array([[0.5, 0], [-0.5, 0.5], [-0.5, -0.5]])[kind] + 0.15 * rng.randn(90, 2)
    ys = np.eye(3)[kind]
    net = MiniBatchNet([2, 6, 3])
    net.train(xs, ys, 1.0, 10, 100)
    right = np.mean([net.forward(x)[-1].argmax() == k for x, k in zip(xs, kind)])
    print("right", right, "cost", net.cost(xs, ys))
