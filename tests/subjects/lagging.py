import numpy as np

class Lagging:
    '''in: 2 numbers, out: their product and their mean'''

    def __init__(self):
        r = np.random.RandomState(5)
        self.w = [r.randn(2, 10), r.randn(10, 2) * 0.3]
        self.b = [r.randn(10), np.zeros(2)]
        self.hidden = np.zeros((1, 10))
        self.output = np.zeros((1, 2))

    def forward(self, x):
        self.hidden = np.tanh(x @ self.w[0] + self.b[0])
        self.output = self.hidden @ self.w[1] + self.b[1]
        return self.output

    def backward(self, x, t):
        d1 = (self.output - t) / len(x)
        d0 = (d1 @ self.w[1].T) * (1 - self.hidden ** 2)
        return [x.T @ d0, self.hidden.T @ d1], [d0.sum(axis=0), d1.sum(axis=0)]

    def cost(self, x, t):
        h = np.tanh(x @ self.w[0] + self.b[0])
        return 0.5 * np.sum((h @ self.w[1] + self.b[1] - t) ** 2) / len(x)

    def train_batch(self, x, t, eta):
        gw, gb = self.backward(x, t)
        for k in range(2):
            self.w[k] -= eta * gw[k]
            self.b[k] -= eta * gb[k]
        self.forward(x)

    def train(self, x, t, eta, epochs, size=10):
        self.forward(x[:size])
        for e in range(epochs):
            for s in range(0, len(x), size):
                self.train_batch(x[s:s + size], t[s:s + size], eta)
            if e % 50 == 0:
                print(e, self.cost(x, t))

if __name__ == '__main__':
    r = np.random.RandomState(0)
    x = r.uniform(-1, 1, (50, 2))
    t = np.c_[x[:, 0] * x[:, 1], x.mean(axis=1)]
    net = Lagging()
    net.train(x, t, 0.1, 300)
    print('cost', net.cost(x, t))
