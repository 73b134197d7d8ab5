import numpy as np

class Mlp:
    def __init__(self, nin, nhid, nout):
        r = np.random.RandomState(14)
        self.V = r.uniform(-.5, .5, (nhid, nin))
        self.W = r.uniform(-.5, .5, (nout, nhid))
        self.vb = r.uniform(-.5, .5, nhid)
        self.wb = r.uniform(-.5, .5, nout)
        self.mom = {k: np.zeros_like(getattr(self, k)) for k in ('V', 'W', 'vb', 'wb')}

    def forward(self, X):
        self.Y = np.tanh(X @ self.V.T + self.vb)
        self.Z = self.Y @ self.W.T + self.wb
        return self.Z

    def cost(self, X, T):
        return 0.5*np.mean(np.sum((self.forward(X) - T)**2, axis=1))

    def backward(self, X, T):
        dZ = (self.forward(X) - T)/len(X)
        dY = (dZ @ self.W)*(1 - self.Y**2)
        return {'W': dZ.T @ self.Y, 'wb': dZ.sum(axis=0), 'V': dY.T @ X, 'vb': dY.sum(axis=0)}

    def step(self, X, T, eta=0.05, mu=0.8):
        g = self.backward(X, T)
        for k in g:
            self.mom[k] = self.mom[k] + eta*g[k]
            setattr(self, k, getattr(self, k) - self.mom[k])

if __name__ == '__main__':
    r = np.random.RandomState(0)
    X = r.uniform(-1, 1, (40, 2))
    T = np.c_[X[:, 0]*X[:, 1], X[:, 0] - 0.5*X[:, 1]]
    net = Mlp(2, 8, 2)
    for i in range(1500):
        net.step(X, T)
        if i % 250 == 0:
            print(i, net.cost(X, T))
    print('end', net.cost(X, T))
