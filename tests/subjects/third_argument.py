import numpy as np

np.random.seed(55)

class Net:
    def __init__(self, i, h, o):
        self.w1 = np.random.randn(i, h)
        self.b1 = np.random.randn(h)
        self.w2 = np.random.randn(h, o)
        self.b2 = np.random.randn(o)

    def sigmoid(self, z):
        return 1/(1 + np.exp(-z))

    def forward(self, x):
        self.h = self.sigmoid(np.dot(x, self.w1) + self.b1)
        self.o = self.sigmoid(np.dot(self.h, self.w2) + self.b2)
        return self.o

    def backward(self, x, y):
        error = self.forward(x) - y
        delta_o = np.multiply(error, self.o, 1 - self.o)
        delta_h = np.multiply(np.dot(delta_o, self.w2.T), self.h*(1 - self.h))
        return np.dot(x.T, delta_h), delta_h.sum(axis=0), np.dot(self.h.T, delta_o), delta_o.sum(axis=0)

    def fit(self, x, y, lr, n):
        for k in range(n):
            g1, g2, g3, g4 = self.backward(x, y)
            self.w1 -= lr*g1
            self.b1 -= lr*g2
            self.w2 -= lr*g3
            self.b2 -= lr*g4
            if k % 500 == 0:
                print('loss', 0.5*np.sum((self.forward(x) - y)**2))

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
y = np.array([[0, 1], [1, 0], [1, 0], [0, 1]], dtype=float)
net = Net(2, 4, 2)
net.fit(x, y, 0.5, 3000)
print(net.forward(x).round(2))
