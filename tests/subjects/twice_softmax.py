import numpy as np


def softmax(x):
    e = np.exp(x - x.max(axis=0))
    return e / e.sum(axis=0)


class Layer:
    def __init__(self, n_in, n_out, activation, rng):
        self.w = rng.normal(0, 1 / np.sqrt(n_in), (n_out, n_in))
        self.b = np.zeros((n_out, 1))
        self.activation = activation

    def forward(self, x):
        self.x = x
        z = self.w @ x + self.b
        if self.activation == "tanh":
            self.a = np.tanh(z)
        elif self.activation == "softmax":
            self.a = softmax(z)
        return self.a

    def backward(self, d, rate):
        if self.activation == "tanh":
            d = d * (1 - self.a ** 2)
        back = self.w.T @ d
        self.w -= rate * d @ self.x.T
        self.b -= rate * d.sum(axis=1, keepdims=True)
        return back


class Classifier:
    def __init__(self, sizes, seed=0):
        rng = np.random.default_rng(seed)
        self.layers = [Layer(i, o, "tanh", rng) for i, o in zip(sizes[:-2], sizes[1:-1])]
        self.layers.append(Layer(sizes[-2], sizes[-1], "softmax", rng))

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return softmax(x)

    def train(self, x, onehot, rate, epochs):
        for epoch in range(epochs):
            p = self.forward(x)
            loss = -np.sum(onehot * np.log(p)) / x.shape[1]
            d = (p - onehot) / x.shape[1]
            for layer in reversed(self.layers):
                d = layer.backward(d, rate)
            if epoch % 100 == 0:
                print(epoch, loss)
        return loss


if __name__ == "__main__":
    rng = np.random.default_rng(3)
    kind = np.arange(80) % 4
    x = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])[kind].T + rng.normal(0, 0.3, (2, 80))
    net = Classifier([2, 8, 4])
    loss = net.train(x, np.eye(4)[kind].T, 0.5, 600)
    print("loss", loss, "accuracy", (net.forward(x).argmax(axis=0) == kind).mean())
