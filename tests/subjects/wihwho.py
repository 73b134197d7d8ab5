import numpy as np

class NN:
    ''' flower classifier: 4 measurements -> 3 kinds '''

    def __init__(self, n_in=4, n_hid=6, n_out=3, lr=0.3):
        rs = np.random.RandomState(21)
        self.wih = rs.uniform(-0.6, 0.6, (n_hid, n_in))
        self.bh  = np.zeros((n_hid, 1))
        self.who = rs.uniform(-0.6, 0.6, (n_out, n_hid))
        self.bo  = np.zeros((n_out, 1))
        self.lr  = lr

    def f(self, x):
        return 1./(1. + np.exp(-x))

    def forward(self, x):
        self.x = np.array(x, ndmin=2).T
        self.h = self.f(np.dot(self.wih, self.x) + self.bh)
        self.o = self.f(np.dot(self.who, self.h) + self.bo)
        return self.o

    def train(self, x, t):
        t = np.array(t, ndmin=2).T
        self.forward(x)
        output_errors = t - self.o
        # errors of the hidden nodes: the output errors split by weight
        hidden_errors = np.dot(self.who.T, output_errors)
        self.who += self.lr*np.dot(output_errors*self.o*(1. - self.o), self.h.T)
        self.bo  += self.lr*output_errors*self.o*(1. - self.o)
        self.wih += self.lr*np.dot(hidden_errors*self.h*(1. - self.h), self.x.T)
        self.bh  += self.lr*hidden_errors*self.h*(1. - self.h)
        return float(np.sum(output_errors**2))

def flowers():
    rs = np.random.RandomState(4)
    centres = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.5, 2.0]])
    X = np.vstack([c + 0.25*rs.randn(20, 4) for c in centres])
    kind = np.repeat([0, 1, 2], 20)
    X = (X - X.mean(axis=0))/X.std(axis=0)
    order = rs.permutation(60)
    return X[order], kind[order]

if __name__ == '__main__':
    X, kind = flowers()
    T = np.eye(3)[kind]
    net = NN()
    for epoch in range(60):
        sse = sum(net.train(x, t) for x, t in zip(X, T))
        if epoch % 10 == 0:
            print('epoch %d  sse %.3f' % (epoch, sse))
    hits = sum(np.argmax(net.forward(x)) == k for x, k in zip(X, kind))
    print('%d of %d' % (hits, len(X)))
