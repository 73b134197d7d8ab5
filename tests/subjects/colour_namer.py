"""Names the colour of an RGB triple: red, green, blue or grey."""
import numpy as np


class ColourNet:

    def __init__(self, hidden=10):
        rng = np.random.RandomState(40)
        self.net = {"W_h": rng.randn(3, hidden), "b_h": np.zeros((1, hidden)),
                    "W_o": rng.randn(hidden, 4) * 0.3, "b_o": np.zeros((1, 4))}

    def forward(self, rgb):
        self.rgb = rgb
        self.h = np.tanh(rgb @ self.net["W_h"] + self.net["b_h"])
        z = self.h @ self.net["W_o"] + self.net["b_o"]
        e = np.exp(z - z.max())
        self.p = e / np.sum(e, axis=0)
        return self.p

    def cost(self, rgb, onehot):
        return -np.mean(np.log(self.forward(rgb)[onehot == 1]))

    def backward(self, onehot):
        n = len(onehot)
        d_z = (self.p - onehot) / n
        d_h = d_z @ self.net["W_o"].T * (1 - self.h ** 2)
        return {"W_o": self.h.T @ d_z, "b_o": d_z.sum(axis=0, keepdims=True),
                "W_h": self.rgb.T @ d_h, "b_h": d_h.sum(axis=0, keepdims=True)}

    def fit(self, rgb, onehot, rate=0.5, steps=800):
        for step in range(steps):
            self.forward(rgb)
            for name, slope in self.backward(onehot).items():
                self.net[name] -= rate * slope
            if step % 200 == 0:
                print(step, self.cost(rgb, onehot))


def colours(n=80):
    rng = np.random.RandomState(2)
    kind = np.arange(n) % 4
    rgb = rng.uniform(0.1, 0.4, (n, 3))
    for i, k in enumerate(kind):
        if k < 3:
            rgb[i, k] += 0.5
        else:
            rgb[i] = rgb[i].mean() + 0.03 * rng.randn(3)
    return rgb, np.eye(4)[kind]


if __name__ == "__main__":
    rgb, onehot = colours()
    net = ColourNet()
    net.fit(rgb, onehot)
    print("right", np.mean(net.forward(rgb).argmax(axis=1) == onehot.argmax(axis=1)))
    print("a red one:", net.forward(np.array([[0.9, 0.1, 0.1]])))
