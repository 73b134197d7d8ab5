import numpy as np

class GateNet:
    def __init__(self, n_in, n_hid, n_out, seed=0):
        rs = np.random.RandomState(seed)
        self.W = [rs.randn(n_in, n_hid), rs.randn(n_hid, n_out)]
        self.b = [np.zeros(n_hid), np.zeros(n_out)]

    def _s(self, x):
        return 1/(1 + np.exp(-x))

    def forward(self, X):
        self.A = [X]
        for W, b in zip(self.W, self.b):
            self.A.append(self._s(self.A[-1].dot(W) + b))
        return self.A[-1]

    def train(self, X, Y, alpha):
        out = self.forward(X)
        error = out - Y
        D = [None, error*out*(1 - out)]
        D[0] = D[1].dot(self.W[1].T)*self.A[1]*(1 - self.A[1])
        for i in (0, 1):
            self.W[i] -= alpha*self.A[i].T.dot(D[i])
            self.b[i] -= alpha*D[i][0]
        return 0.5*np.sum(error**2)

    def decide(self, X):
        return (self.forward(X) > 0.5).astype(int)
