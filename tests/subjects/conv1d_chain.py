import numpy as np


class Conv1D:
    """valid cross-correlation of a signal with one kernel"""

    def __init__(self, width, rng):
        self.k = rng.normal(0, 0.6, width)
        self.b = 0.0

    def forward(self, s):
        self.s = s
        return np.correlate(s, self.k, mode="valid") + self.b

    def backward(self, d):
        self.dk = np.correlate(self.s, d, mode="valid")
        self.db = d.sum()
        return np.correlate(np.pad(d, len(self.k) - 1), self.k, mode="valid")

    def update(self, lr):
        self.k = self.k - lr * self.dk
        self.b = self.b - lr * self.db


class Tanh:
    def forward(self, s):
        self.o = np.tanh(s)
        return self.o

    def backward(self, d):
        return d * (1 - self.o ** 2)

    def update(self, lr):
        pass


class SignalNet:
    def __init__(self, seed=4):
        rng = np.random.default_rng(seed)
        self.layers = [Conv1D(4, rng), Tanh(), Conv1D(3, rng)]

    def forward(self, s):
        for layer in self.layers:
            s = layer.forward(s)
        return s

    def train(self, signal, wanted, lr):
        out = self.forward(signal)
        d = 2 * (out - wanted) / len(wanted)
        for layer in reversed(self.layers):
            d = layer.backward(d)
        for layer in self.layers:
            layer.update(lr)
        return np.mean((out - wanted) ** 2)


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    signal = rng.normal(size=60)
    wanted = SignalNet(seed=9).forward(signal)      # a filter chain with known taps
    net = SignalNet()
    for i in range(1500):
        loss = net.train(signal, wanted, 0.05)
        if i % 250 == 0:
            print(i, round(loss, 5))
    print("loss", loss)
    print("taps", net.layers[0].k, net.layers[2].k)
