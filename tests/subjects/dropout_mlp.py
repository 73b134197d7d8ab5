import numpy as np

class Mlp:
    def __init__(self, D, H, C):
        self.rs = np.random.RandomState(51)
        self.W1 = self.rs.randn(D, H)*np.sqrt(2./D)
        self.b1 = np.zeros(H)
        self.W2 = self.rs.randn(H, C)*np.sqrt(2./H)
        self.b2 = np.zeros(C)
        self.p = 0.5

    def train_step(self, X, T, lr):
        # forward with dropout
        h = np.maximum(0, X.dot(self.W1) + self.b1)
        m = (self.rs.rand(*h.shape) < self.p)/self.p
        hd = h*m
        y = hd.dot(self.W2) + self.b2
        loss = 0.5*np.sum((y - T)**2)/len(X)
        # backward
        dy = (y - T)/len(X)
        dW2 = hd.T.dot(dy)
        db2 = dy.sum(axis=0)
        dh = dy.dot(self.W2.T)
        dh[h <= 0] = 0
        dW1 = X.T.dot(dh)
        db1 = dh.sum(axis=0)
        for w, g in ((self.W1, dW1), (self.b1, db1), (self.W2, dW2), (self.b2, db2)):
            w -= lr*g
        return loss

    def predict(self, X):
        return np.maximum(0, X.dot(self.W1) + self.b1).dot(self.W2) + self.b2

if __name__ == '__main__':
    r = np.random.RandomState(1)
    X = r.uniform(-1, 1, (100, 3))
    T = np.c_[np.abs(X[:, 0]), X[:, 1]*X[:, 2]]
    net = Mlp(3, 40, 2)
    for i in range(1500):
        loss = net.train_step(X, T, 0.1)
        if i % 300 == 0:
            print(i, loss)
    print('mse', np.mean((net.predict(X) - T)**2))
