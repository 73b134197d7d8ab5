import numpy as np

def nonlin(x):
    return 1/(1 + np.exp(-x))

class Network:
    """3 - 5 - 1 network for the multiplexer: the first bit selects one of the other two"""

    def __init__(self, X, Y, rate=1.0):
        rnd = np.random.RandomState(16)
        self.X, self.Y, self.rate = X, Y, rate
        self.weights_0 = rnd.normal(size=(X.shape[1], 5))
        self.weights_1 = rnd.normal(size=(5, Y.shape[1]))
        self.bias_0 = rnd.normal(size=(X.shape[0], 5))
        self.bias_1 = rnd.normal(size=(X.shape[0], Y.shape[1]))

    def forward(self, X):
        hidden = nonlin(X.dot(self.weights_0) + self.bias_0)
        return hidden, nonlin(hidden.dot(self.weights_1) + self.bias_1)

    def train(self, times):
        for t in range(times):
            hidden, out = self.forward(self.X)
            err = out - self.Y
            d1 = err*out*(1 - out)
            d0 = d1.dot(self.weights_1.T)*hidden*(1 - hidden)
            self.weights_1 -= self.rate*hidden.T.dot(d1)
            self.bias_1 -= self.rate*d1
            self.weights_0 -= self.rate*self.X.T.dot(d0)
            self.bias_0 -= self.rate*d0
            if t % 500 == 0:
                print('after', t, 'rounds:', np.abs(err).mean())

bits = np.array([[s, a, b] for s in (0, 1) for a in (0, 1) for b in (0, 1)])
chosen = np.where(bits[:, 0] == 0, bits[:, 1], bits[:, 2]).reshape(-1, 1)
net = Network(bits, chosen)
net.train(2000)
hidden, out = net.forward(bits)
print(np.c_[bits, chosen, out.round(2)])
