import numpy as np


class OnlineNet:
    """single examples as plain vectors, np.outer for the weights"""

    def __init__(self, n0, n1, n2, eta):
        random = np.random.RandomState(62)
        self.W1 = random.uniform(-0.5, 0.5, (n1, n0))
        self.b1 = random.uniform(-0.5, 0.5, n1)
        self.W2 = random.uniform(-0.5, 0.5, (n2, n1))
        self.b2 = random.uniform(-0.5, 0.5, n2)
        self.eta = eta

    def forward(self, x):
        h = np.tanh(self.W1 @ x + self.b1)
        return h, self.W2 @ h + self.b2

    def example(self, x, y):
        h, o = self.forward(x)
        d2 = o - y
        d1 = (d2 @ self.W2) * (1 - h * h)
        self.W2 -= self.eta * np.outer(d2, h)
        self.b2 -= self.eta * d2
        self.W1 -= self.eta * np.outer(d1, x)
        self.b1 -= self.eta * d1
        return 0.5 * float(d2 @ d2)

    def epoch(self, xs, ys):
        return np.mean([self.example(x, y) for x, y in zip(xs, ys)])


def spiral_arm(n):
    t = np.linspace(0, 1, n)
    return t[:, None] * 2 - 1, np.column_stack([t * np.cos(5 * t), t * np.sin(5 * t)])


if __name__ == "__main__":
    xs, ys = spiral_arm(40)
    net = OnlineNet(1, 12, 2, eta=0.1)
    for e in range(300):
        error = net.epoch(xs, ys)
        if e % 50 == 0:
            print(e, error)
    print("error", error)
