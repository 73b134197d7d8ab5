import numpy as np

class Mlp(object):

    def __init__(self, n_in, n_hid, n_out, start=0.5):
        self.w1 = np.full((n_in, n_hid), start)
        self.b1 = np.full(n_hid, start)
        self.w2 = np.full((n_hid, n_out), start)
        self.b2 = np.full(n_out, start)

    def predict(self, x):
        self.hid = np.tanh(x.dot(self.w1) + self.b1)
        return self.hid.dot(self.w2) + self.b2

    def mse(self, x, y):
        return np.mean((self.predict(x) - y) ** 2)

    def train(self, x, y, lr=0.1, epochs=3000):
        n = len(x)
        for epoch in range(epochs):
            e = self.predict(x) - y
            d_hid = e.dot(self.w2.T) * (1 - self.hid ** 2)
            self.w2 -= lr * self.hid.T.dot(e) / n
            self.b2 -= lr * e.mean(axis=0)
            self.w1 -= lr * x.T.dot(d_hid) / n
            self.b1 -= lr * d_hid.mean(axis=0)
            if epoch % 500 == 0:
                print('%5d %.5f' % (epoch, self.mse(x, y)))


x = np.linspace(-2, 2, 50).reshape(-1, 1)
y = np.cos(2 * x)
net = Mlp(1, 12, 1)
net.train(x, y)
print('mse', net.mse(x, y))
print('hidden weights', net.w1.round(3))
