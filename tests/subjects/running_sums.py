import numpy as np

class Net:
    """n inputs, m hidden, k outputs, loops only"""

    def __init__(self, n, m, k):
        r = np.random.RandomState(28)
        self.n, self.m, self.k = n, m, k
        self.w = r.uniform(-1, 1, (n + 1, m))
        self.v = r.uniform(-1, 1, (m + 1, k))
        self.hid_in = np.zeros(m)
        self.out_in = np.zeros(k)

    def f(self, s):
        return 1.0/(1.0 + np.exp(-s))

    def forward(self, x):
        x = np.append(x, 1.0)
        for j in range(self.m):
            for i in range(self.n + 1):
                self.hid_in[j] += x[i]*self.w[i, j]
        h = np.append(self.f(self.hid_in), 1.0)
        for q in range(self.k):
            self.out_in[q] = 0.0
            for j in range(self.m + 1):
                self.out_in[q] += h[j]*self.v[j, q]
        return x, h, self.f(self.out_in)

    def train(self, x, t, rate):
        x, h, o = self.forward(x)
        do = (t - o)*o*(1 - o)
        dh = np.zeros(self.m)
        for j in range(self.m):
            for q in range(self.k):
                dh[j] += do[q]*self.v[j, q]
            dh[j] *= h[j]*(1 - h[j])
        for j in range(self.m + 1):
            for q in range(self.k):
                self.v[j, q] += rate*do[q]*h[j]
        for i in range(self.n + 1):
            for j in range(self.m):
                self.w[i, j] += rate*dh[j]*x[i]
        return 0.5*np.sum((t - o)**2)

if __name__ == '__main__':
    data = [((0, 0), 0), ((0, 1), 1), ((1, 0), 1), ((1, 1), 0)]
    net = Net(2, 3, 1)
    with np.errstate(over='ignore'):
        for epoch in range(2500):
            error = sum(net.train(np.array(x), np.array([t]), 0.8) for x, t in data)
            if epoch % 500 == 0:
                print(epoch, error)
        print([net.forward(np.array(x))[2].round(2) for x, t in data], error)
