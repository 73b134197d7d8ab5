import numpy as np

def sigma(x):
    return 1.0/(1.0 + np.exp(-x))

class GRU:
    """gated recurrent unit; predicts the next value of a series (one number in, one out)"""
    def __init__(self, H, seed=0):
        g = np.random.default_rng(seed)
        self.H = H
        self.Wz, self.Wr, self.Wc = (g.normal(0, 0.5, (H, H + 1)) for _ in range(3))
        self.bz, self.br, self.bc = np.zeros(H), np.zeros(H), np.zeros(H)
        self.v, self.k = g.normal(0, 0.5, H), 0.0

    def names(self):
        return ('Wz', 'Wr', 'Wc', 'bz', 'br', 'bc', 'v', 'k')

    def forward(self, xs):
        h = np.zeros(self.H)
        self.memo, ys = [], []
        for x in xs:
            u = np.append(h, x)
            z, r = sigma(self.Wz @ u + self.bz), sigma(self.Wr @ u + self.br)
            w = np.append(r*h, x)
            c = np.tanh(self.Wc @ w + self.bc)
            new = (1 - z)*h + z*c
            self.memo.append((u, w, z, r, c, h, new))
            h = new
            ys.append(self.v @ h + self.k)
        return np.array(ys)

    def gradient(self, xs, ts):
        ys = self.forward(xs)
        g = {n: np.zeros_like(getattr(self, n)) for n in self.names()}
        dy = 2*(ys - ts)/len(ts)
        dh = np.zeros(self.H)
        for d, (u, w, z, r, c, h, new) in zip(dy[::-1], self.memo[::-1]):
            g['v'] += d*new
            g['k'] += d
            dh = dh + d*self.v
            dc = dh*z*(1 - c*c)
            dz = dh*(c - h)*z*(1 - z)
            dw = (self.Wc.T @ dc)[:-1]
            dr = dw*h*r*(1 - r)
            g['Wc'] += np.outer(dc, w); g['bc'] += dc
            g['Wz'] += np.outer(dz, u); g['bz'] += dz
            g['Wr'] += np.outer(dr, u); g['br'] += dr
            dh = dh*(1 - z) + dw*r + (self.Wz.T @ dz)[:-1] + (self.Wr.T @ dr)[:-1]
        return np.mean((ys - ts)**2), g

if __name__ == '__main__':
    t = np.arange(25)
    series = 0.8*np.sin(0.6*t)
    net = GRU(8, 3)
    for i in range(400):
        loss, g = net.gradient(series[:-1], series[1:])
        for n in net.names():
            setattr(net, n, getattr(net, n) - 0.1*g[n])
        if i % 100 == 0: print(i, loss)
    print('loss', loss)
