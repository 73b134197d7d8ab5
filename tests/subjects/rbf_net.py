import numpy as np

# Radial basis function network; centres, widths and weights are all learned by gradient descent

class RBF:
    def __init__(self, n_centres, seed):
        r = np.random.RandomState(seed)
        self.c = np.linspace(-3, 3, n_centres) + 0.1*r.randn(n_centres)
        self.s = np.ones(n_centres)
        self.w = 0.1*r.randn(n_centres)
        self.b = 0.0

    def forward(self, x):
        self.diff = x[:, None] - self.c[None, :]
        self.phi = np.exp(-self.diff**2/(2*self.s**2))
        return self.phi.dot(self.w) + self.b

    def train(self, x, t, eta, n):
        for i in range(n):
            y = self.forward(x)
            e = (y - t)/len(x)
            if i % 200 == 0:
                print(i, 'mse', np.mean((y - t)**2))
            dphi = e[:, None]*self.w*self.phi
            gc = np.sum(dphi*self.diff/self.s**2, axis=0)
            gs = np.sum(dphi*self.diff**2/self.s**3, axis=0)
            self.w -= eta*self.phi.T.dot(e)
            self.b -= eta*e.sum()
            self.c -= eta*gc
            self.s -= eta*gs
        return np.mean((self.forward(x) - t)**2)
