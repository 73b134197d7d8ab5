import numpy as np

class NN:
    def __init__(self, x, y):
        r = np.random.RandomState(3)
        self.x, self.y = x, y
        self.v = r.normal(0, 1, (x.shape[1], 5))
        self.vb = np.zeros(5)
        self.w = r.normal(0, 1, (5, y.shape[1]))
        self.wb = np.zeros(y.shape[1])

    def predict(self, x):
        self.hid = 1/(1 + np.exp(-(np.dot(x, self.v) + self.vb)))
        return 1/(1 + np.exp(-(np.dot(self.hid, self.w) + self.wb)))

    def train(self, n, rate):
        history = []
        for i in range(n):
            out = self.predict(self.x)
            miss = np.abs(out - self.y)
            history.append(miss.mean())
            d_out = miss*out*(1 - out)
            d_hid = np.dot(d_out, self.w.T)*self.hid*(1 - self.hid)
            self.w -= rate*np.dot(self.hid.T, d_out)
            self.wb -= rate*d_out.sum(axis=0)
            self.v -= rate*np.dot(self.x.T, d_hid)
            self.vb -= rate*d_hid.sum(axis=0)
        return history

x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
y = np.array([[1, 0], [0, 1], [0, 1], [1, 0]], dtype=float)
nn = NN(x, y)
history = nn.train(3000, 1.0)
print("mean miss, first:", history[0], " last:", history[-1])
print(nn.predict(x).round(2))
