import numpy as np
from collections import namedtuple

Example = namedtuple('Example', 'x y')

def iterate(examples, size, rng):
    '''random mini-batches as pairs of arrays'''
    idx = rng.permutation(len(examples))
    for s in range(0, len(idx), size):
        part = [examples[i] for i in idx[s:s+size]]
        yield np.array([e.x for e in part]), np.array([e.y for e in part])

class BatchedNN:
    def __init__(self, n_x, n_h, n_y, seed=0):
        self.rng = np.random.RandomState(seed)
        glorot = lambda a, b: self.rng.uniform(-1, 1, (a, b))*np.sqrt(6./(a + b))
        self.Wxh, self.Why = glorot(n_x, n_h), glorot(n_h, n_y)
        self.bh, self.by = np.zeros(n_h), np.zeros(n_y)
        self.m = None

    def fwd(self, x):
        h = np.maximum(0, x.dot(self.Wxh) + self.bh)
        o = h.dot(self.Why) + self.by
        o = o - o.max(axis=-1, keepdims=True)
        return h, np.exp(o)/np.exp(o).sum(axis=-1, keepdims=True)

    def nll(self, x, y):
        return -np.log((self.fwd(x)[1]*np.eye(self.by.size)[y]).sum(axis=1)).mean()

    def bwd(self, x, y):
        h, p = self.fwd(x)
        do = (p - np.eye(self.by.size)[y])/len(x)
        dh = do.dot(self.Why.T)
        dh *= np.sign(h)
        return x.T.dot(dh), h.T.dot(do), dh.sum(axis=0), do.sum(axis=0)

    def step(self, x, y, lr, mom=0.9):
        grads = self.bwd(x, y)
        if self.m is None:
            self.m = [np.zeros_like(g) for g in grads]
        for m, g, p in zip(self.m, grads, (self.Wxh, self.Why, self.bh, self.by)):
            m *= mom
            m -= lr*g
            p += m

    def train(self, examples, lr=0.05, size=16, epochs=10):
        for _ in range(epochs):
            for x, y in iterate(examples, size, self.rng):
                self.step(x, y, lr)
