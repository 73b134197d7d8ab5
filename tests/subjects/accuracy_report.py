import numpy as np

rng = np.random.RandomState(9)

class Classifier:
    def __init__(self, n_in, n_hid, n_cls):
        self.Wa = rng.randn(n_in, n_hid)*np.sqrt(1/n_in)
        self.ba = np.zeros((1, n_hid))
        self.Wb = rng.randn(n_hid, n_cls)*np.sqrt(1/n_hid)
        self.bb = np.zeros((1, n_cls))

    def forward(self, X):
        self.X = X
        self.H = np.tanh(X @ self.Wa + self.ba)
        S = self.H @ self.Wb + self.bb
        S = np.exp(S - S.max(axis=1, keepdims=True))
        self.P = S/S.sum(axis=1, keepdims=True)
        return self.P

    def cost(self, X, T):
        return -np.sum(T*np.log(self.forward(X)))/len(X)

    def backward(self, T):
        dS = (self.P - T)/len(T)
        dH = dS @ self.Wb.T*(1 - self.H**2)
        return self.X.T @ dH, dH.sum(axis=0, keepdims=True), self.H.T @ dS, dS.sum(axis=0, keepdims=True)

    def train(self, X, T, lr, n):
        for i in range(n):
            self.forward(X)
            gWa, gba, gWb, gbb = self.backward(T)
            self.Wa -= lr*gWa
            self.ba -= lr*gba
            self.Wb -= lr*gWb
            self.bb -= lr*gbb
            if i % 100 == 0:
                print('cost %.4f accuracy %.2f' % (self.cost(X, T), self.accuracy(X, T)))

    def accuracy(self, X, T):
        guess = self.forward(X).argmax(axis=0)
        truth = T.argmax(axis=0)
        return np.mean(guess == truth)


kind = np.repeat([0, 1, 2, 3], 25)
X = np.array([[0, 2], [2, 0], [0, -2], [-2, 0]])[kind] + rng.randn(100, 2)*0.5
T = np.eye(4)[kind]
net = Classifier(2, 8, 4)
net.train(X, T, 0.5, 500)
print('final accuracy', net.accuracy(X, T))
