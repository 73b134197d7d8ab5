import numpy as np

class MyNN():
    def __init__(self, inputs, hidden, outputs):
        np.random.seed(1)
        self.weights = [np.random.rand(inputs, hidden)*2 - 1, np.random.rand(hidden, outputs)*2 - 1]
        self.bias = [np.random.rand(hidden)*2 - 1, np.random.rand(outputs)*2 - 1]

    def sigm(self, x):
        return 1/(1+np.exp(-x))

    def feedforward(self, x):
        self.h = self.sigm(np.dot(x, self.weights[0]) + self.bias[0])
        self.o = self.sigm(np.dot(self.h, self.weights[1]) + self.bias[1])
        return self.o

    def backpropagate(self, x, y):
        o = self.feedforward(x)
        delta_o = (o - y)*o*(1 - o)
        delta_h = np.dot(delta_o, self.weights[1].T)*self.h*(1 - self.h)
        dw = [np.dot(x.T, delta_h), np.dot(self.h.T, delta_o)]
        db = [delta_h.sum(axis=0), delta_o.sum(axis=0)]
        return dw, db

    def update(self, dw, db, lr):
        for w, g in zip(self.weights, dw):
            w = w - lr*g
        for b, g in zip(self.bias, db):
            b = b - lr*g

    def fit(self, x, y, n=4000, lr=1.0):
        for i in range(n):
            dw, db = self.backpropagate(x, y)
            self.update(dw, db, lr)
            if i % 1000 == 0:
                print("loss at", i, ":", ((self.o - y)**2).sum())

X = np.array([[0,0],[0,1],[1,0],[1,1]])
y = np.array([[0],[1],[1],[0]])

nn = MyNN(2, 4, 1)
nn.fit(X, y)
print("Output after training:")
print(nn.feedforward(X))
