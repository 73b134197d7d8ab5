import csv
import numpy as np

class Iris3():
    '''4 -> 5 -> 3, online learning'''
    def __init__(self):
        np.random.seed(10)
        self.w_ih = np.random.uniform(-0.5, 0.5, (5, 4))
        self.b_h = np.zeros((5, 1))
        self.w_ho = np.random.uniform(-0.5, 0.5, (3, 5))
        self.b_o = np.zeros((3, 1))

    def forward(self, x):
        self.h = np.tanh(np.dot(self.w_ih, x) + self.b_h)
        s = np.dot(self.w_ho, self.h) + self.b_o
        return np.exp(s) / np.sum(np.exp(s))

    def learn(self, x, t, lr):
        p = self.forward(x)
        delta_o = t - p                      # minus the derivative of cross entropy
        delta_h = np.dot(self.w_ho.T, delta_o) * (1 - self.h**2)
        self.w_ho = self.w_ho + lr * np.dot(delta_o, self.h.T)
        self.b_o = self.b_o + lr * delta_o
        self.w_ih = self.w_ih + lr * np.dot(delta_h, x.T)
        self.b_h = self.b_h + lr * delta_h
        return -np.log(p[np.argmax(t), 0])


def load(path):
    names = {'Iris-setosa': 0, 'Iris-versicolor': 1, 'Iris-virginica': 2}
    with open(path) as f:
        rows = [r for r in csv.reader(f) if r]
    X = np.array([[float(v) for v in r[:4]] for r in rows])
    return X, np.array([names[r[4]] for r in rows])


def made_up():
    '''if the file is not there'''
    k = np.arange(60) % 3
    m = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]])
    return m[k] + np.random.RandomState(0).randn(60, 4) * 0.25, k


if __name__ == '__main__':
    try:
        X, k = load('iris.data')
    except IOError:
        print('no iris.data here, making some up')
        X, k = made_up()
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    net = Iris3()
    for epoch in range(30):
        loss = 0
        for i in np.random.permutation(len(X)):
            t = np.zeros((3, 1))
            t[k[i]] = 1
            loss += net.learn(X[i].reshape(4, 1), t, 0.1)
        if epoch % 5 == 0:
            print('epoch', epoch, 'mean loss', loss / len(X))
    good = sum(np.argmax(net.forward(X[i].reshape(4, 1))) == k[i] for i in range(len(X)))
    print(good, 'of', len(X))
