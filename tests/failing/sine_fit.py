import numpy as np

def f(s): return np.tanh(s)
def df(s): return 1 - np.tanh(s) ** 2

class Net:
    def __init__(self, shape, rate, momentum):
        rng = np.random.RandomState(0)
        self.w = [rng.uniform(-1, 1, (a + 1, b)) / np.sqrt(a) for a, b in zip(shape[:-1], shape[1:])]
        self.v = [np.zeros_like(w) for w in self.w]
        self.rate, self.momentum = rate, momentum

    def feed(self, x):
        self.inputs, self.sums = [], []
        for w in self.w:
            x = np.hstack([x, np.ones((len(x), 1))])
            self.inputs.append(x)
            s = x.dot(w)
            self.sums.append(s)
            x = f(s)
        return x

    def learn(self, x, y):
        out = self.feed(x)
        delta = (out - y) * df(self.sums[-1])
        for k in range(len(self.w) - 1, -1, -1):
            grad = self.inputs[k].T.dot(delta) / len(x)
            if k > 0:
                delta = delta.dot(self.w[k][:-1].T) * df(self.sums[k - 1])
            self.v[k] = self.momentum * self.v[k] + self.rate * grad
            self.w[k] += self.v[k]
        return np.mean((out - y) ** 2)

x = np.linspace(-1, 1, 41).reshape(-1, 1)
y = 0.8 * np.sin(3 * x)
net = Net([1, 10, 1], rate=0.1, momentum=0.9)
for i in range(3000):
    e = net.learn(x, y)
    if i % 500 == 0: print(i, e)
