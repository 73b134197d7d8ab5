import numpy as np

class Full:
    def __init__(self, n, m, rs):
        self.weights = rs.rand(n, m) - 0.5
        self.bias = rs.rand(1, m) - 0.5

    def forward(self, x):
        self.x = x
        return x.dot(self.weights) + self.bias

    def backward(self, d, rate):
        down = d.dot(self.weights.T)
        self.weights -= rate * self.x.T.dot(d)
        self.bias -= rate * d
        return down

class TanhLayer:
    def forward(self, x):
        self.x = x
        self.y = np.tanh(x)
        return self.y

    def backward(self, d, rate):
        return d * (1 - self.x ** 2)

class Net:
    def __init__(self, *layers):
        self.layers = layers

    def run(self, row):
        a = np.reshape(row, (1, -1))
        for layer in self.layers:
            a = layer.forward(a)
        return a

    def predict(self, rows):
        return np.vstack([self.run(row) for row in rows])

    def fit(self, rows, targets, epochs, rate):
        for e in range(1, epochs + 1):
            err = 0
            for row, t in zip(rows, targets):
                out = self.run(row)
                err += np.mean((t - out) ** 2)
                d = 2 * (out - t) / t.size
                for layer in self.layers[::-1]:
                    d = layer.backward(d, rate)
            if e % 100 == 0:
                print('after epoch', e, 'error', err / len(rows))

rs = np.random.RandomState(3)
inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
wanted = np.array([[0], [1], [1], [0]], dtype=float)

net = Net(Full(2, 5, rs), TanhLayer(), Full(5, 1, rs), TanhLayer())
net.fit(inputs, wanted, epochs=1000, rate=0.2)
print(net.predict(inputs))
