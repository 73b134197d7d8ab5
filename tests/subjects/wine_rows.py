import numpy as np

np.random.seed(66)

# three measurements per bottle (alcohol %, colour, proline mg/l): which grape?
grape = np.arange(72) % 3
typical = np.array([[13.0, 5.0, 1000.0], [12.9, 5.1, 500.0], [13.1, 4.9, 740.0]])
X = typical[grape] + np.random.randn(72, 3) * [0.4, 0.4, 50.0]
Y = np.eye(3)[grape]

X = (X - X.mean(axis=1, keepdims=True)) / X.std(axis=1, keepdims=True)

class Net:
    def __init__(self, i, h, o):
        self.W1 = np.random.randn(i, h)
        self.b1 = np.zeros(h)
        self.W2 = np.random.randn(h, o) * 0.5
        self.b2 = np.zeros(o)

    def forward(self, X):
        self.a = 1 / (1 + np.exp(-(X @ self.W1 + self.b1)))
        z = self.a @ self.W2 + self.b2
        z = np.exp(z - z.max(axis=1, keepdims=True))
        return z / z.sum(axis=1, keepdims=True)

    def train(self, X, Y, lr, epochs):
        for e in range(epochs):
            p = self.forward(X)
            if e % 200 == 0:
                print("epoch", e, "cross entropy", -np.mean(np.sum(Y * np.log(p), axis=1)))
            dz = (p - Y) / len(X)
            da = dz @ self.W2.T * self.a * (1 - self.a)
            self.W2 -= lr * self.a.T @ dz
            self.b2 -= lr * dz.sum(0)
            self.W1 -= lr * X.T @ da
            self.b1 -= lr * da.sum(0)

net = Net(3, 8, 3)
net.train(X, Y, 1.0, 1200)
accuracy = np.mean(net.forward(X).argmax(axis=1) == grape)
print("accuracy", accuracy)
