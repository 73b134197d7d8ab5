import numpy as np
from tqdm import trange
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split

class MoonNet:
    def __init__(self, hidden, lr):
        self.lr = lr
        self.W1 = np.random.randn(2, hidden)*0.5
        self.B1 = np.zeros(hidden)
        self.W2 = np.random.randn(hidden, hidden)*0.3
        self.B2 = np.zeros(hidden)
        self.W3 = np.random.randn(hidden, 2)*0.3
        self.B3 = np.zeros(2)

    def __call__(self, x):
        self.a0 = x
        self.a1 = np.tanh(self.a0@self.W1 + self.B1)
        self.a2 = np.tanh(self.a1@self.W2 + self.B2)
        e = np.exp(self.a2@self.W3 + self.B3)
        self.p = e/np.sum(e, axis=1, keepdims=True)
        return self.p

    def loss(self, y):
        return np.mean(-np.log(self.p[range(len(y)), y]))

    def backprop(self, y):
        n = len(y)
        d3 = self.p
        d3[range(n), y] -= 1
        d3 = d3/n
        d2 = (1 - self.a2*self.a2)*(d3@self.W3.T)
        d1 = (1 - self.a1*self.a1)*(d2@self.W2.T)
        self.W3 -= self.lr*(self.a2.T@d3)
        self.B3 -= self.lr*np.sum(d3, axis=0)
        self.W2 -= self.lr*(self.a1.T@d2)
        self.B2 -= self.lr*np.sum(d2, axis=0)
        self.W1 -= self.lr*(self.a0.T@d1)
        self.B1 -= self.lr*np.sum(d1, axis=0)

if __name__ == '__main__':
    np.random.seed(42)
    X, y = make_moons(300, noise=0.15, random_state=42)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25)
    net = MoonNet(10, 0.5)
    bar = trange(1000)
    for step in bar:
        net(X_train)
        loss = net.loss(y_train)
        net.backprop(y_train)
        if step % 50 == 0:
            bar.set_description('loss %.3f' % loss)
    print('test accuracy', np.mean(net(X_test).argmax(axis=1) == y_test))
