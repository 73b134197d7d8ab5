import numpy as np

class ReluNet:
    def __init__(self, dims, seed=0):
        rs = np.random.RandomState(seed)
        self.params = []
        for i, o in zip(dims[:-1], dims[1:]):
            self.params.append([rs.randn(i, o)*np.sqrt(2/i), rs.uniform(-.1, .1, o)])

    def forward(self, x):
        outs = [x]
        for n, (w, b) in enumerate(self.params):
            z = outs[-1].dot(w) + b
            outs.append(z if n == len(self.params) - 1 else np.where(z >= 0, z, 0))
        return outs

    def relu_back(self, d, a):
        # a is what came out of the relu
        d[a == 0] = 0
        return d

    def backward(self, x, t):
        outs = self.forward(x)
        d = outs[-1] - t
        grads = []
        for n in reversed(range(len(self.params))):
            w, b = self.params[n]
            grads.append((outs[n].T.dot(d), np.ones(len(d)).dot(d)))
            if n:
                d = self.relu_back(d.dot(w.T), outs[n])
        return list(reversed(grads))

    def cost(self, x, t):
        return ((self.forward(x)[-1] - t)**2).sum()/2

    def sgd(self, x, t, lr):
        for (w, b), (gw, gb) in zip(self.params, self.backward(x, t)):
            w -= lr/len(x)*gw
            b -= lr/len(x)*gb
