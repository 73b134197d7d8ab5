import numpy as np

sigm = lambda v: 1.0 / (1.0 + np.exp(-v))

class LSTM:
    # which symbol came first? (1 of 2), then noise for a few steps
    def __init__(self, n, m, seed):
        r = np.random.RandomState(seed)
        self.n, self.m = n, m
        self.W = r.randn(4 * m, n + m) * 0.3          # rows: forget, input, output, candidate
        self.b = np.zeros(4 * m)
        self.b[:m] = 1.0
        self.v = r.randn(m) * 0.3
        self.k = 0.0

    def forward(self, xs):
        h, c = np.zeros(self.m), np.zeros(self.m)
        self.steps = []
        for x in xs:
            u = np.concatenate([x, h])
            z = self.W @ u + self.b
            f, i, o = sigm(z[:self.m]), sigm(z[self.m:2*self.m]), sigm(z[2*self.m:3*self.m])
            g = np.tanh(z[3*self.m:])
            c_new = f * c + i * g
            h = o * np.tanh(c_new)
            self.steps.append((u, f, i, o, g, c, c_new, h))
            c = c_new
        return sigm(self.v @ h + self.k)

    def backward(self, p, t):
        dW, db = np.zeros_like(self.W), np.zeros_like(self.b)
        dz = p - t
        dv = dz * self.steps[-1][7]
        dh = dz * self.v
        dc = np.zeros(self.m)
        for u, f, i, o, g, c, c_new, h in reversed(self.steps):
            tc = np.tanh(c_new)
            dc = dc + dh * o * (1 - tc**2)
            da = np.concatenate([dc * c * f * (1 - f), dc * g * i * (1 - i), dh * tc * o * (1 - o), dc * i * (1 - g**2)])
            dW += np.outer(da, u)
            db += da
            dh = (self.W.T @ da)[self.n:]
            dc = dc * i
        return dW, db, dv, dz

    def train(self, xs, t, lr):
        p = self.forward(xs)
        dW, db, dv, dk = self.backward(p, t)
        self.W -= lr * dW
        self.b -= lr * db
        self.v -= lr * dv
        self.k -= lr * dk
        return -np.log(p if t else 1 - p)

def example(r, length=8):
    t = r.randint(2)
    xs = r.uniform(-0.3, 0.3, (length, 3))
    xs[0, t] = 1
    return xs, t

if __name__ == "__main__":
    r = np.random.RandomState(0)
    net = LSTM(3, 6, 5)
    loss = 0.7
    for k in range(1200):
        xs, t = example(r)
        loss = 0.98 * loss + 0.02 * net.train(xs, t, 0.1)
        if k % 200 == 0: print(k, loss)
    print("loss", loss)
