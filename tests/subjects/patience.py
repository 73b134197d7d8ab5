import numpy as np

class Net(object):
    def __init__(self):
        rng = np.random.RandomState(7)
        self.w1 = rng.normal(0.0, 0.5, (2, 4))
        self.b1 = np.zeros(4)
        self.w2 = rng.normal(0.0, 0.5, (4, 1))
        self.b2 = np.zeros(1)

    def out(self, x):
        self.h = 1/(1 + np.exp(-(x.dot(self.w1) + self.b1)))
        return 1/(1 + np.exp(-(self.h.dot(self.w2) + self.b2)))

    def grad(self, x, t):
        y = self.out(x)
        d2 = (y - t)*y*(1 - y)/len(x)
        d1 = d2.dot(self.w2.T)*self.h*(1 - self.h)
        return x.T.dot(d1), d1.sum(axis=0), self.h.T.dot(d2), d2.sum(axis=0)

    def fit(self, x, t, n_epochs, learning_rate):
        errors = []
        for epoch in range(n_epochs):
            g = self.grad(x, t)
            self.w1 -= learning_rate*g[0]
            self.b1 -= learning_rate*g[1]
            self.w2 -= learning_rate*g[2]
            self.b2 -= learning_rate*g[3]
            errors.append(0.5*np.mean((self.out(x) - t)**2))
            if epoch % 1000 == 0:
                print("epoch %d error %f" % (epoch, errors[-1]))
        return errors


if __name__ == "__main__":
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    t = np.array([[0], [1], [1], [0]], dtype=float)
    net = Net()
    errors = net.fit(x, t, n_epochs=5000, learning_rate=0.01)
    print("error went from", errors[0], "to", errors[-1])
    print(net.out(x))
