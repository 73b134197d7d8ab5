import numpy as np

class ShapeTrouble:
    def __init__(self, layers=(4, 10, 8, 3)):
        np.random.seed(1234)
        self.n = len(layers)
        self.W = {}
        self.b = {}
        for i in range(1, self.n):
            self.W[i] = np.random.randn(layers[i], layers[i-1])*np.sqrt(2/layers[i-1])
            self.b[i] = np.zeros((layers[i], 1))

    def relu(self, z):
        return np.maximum(0, z)

    def forward(self, X):
        self.Z, self.A = {}, {0: X}
        for i in range(1, self.n):
            self.Z[i] = np.dot(self.W[i], self.A[i-1]) + self.b[i]
            self.A[i] = self.relu(self.Z[i]) if i < self.n - 1 else self.Z[i]
        return self.A[self.n-1]

    def backward(self, Y):
        m = Y.shape[1]
        dZ = {}
        last = self.n - 1
        dZ[last] = (self.A[last] - Y)/m
        for i in range(last - 1, 0, -1):
            dZ[i] = np.dot(self.W[i+1], dZ[i+1])*(self.Z[i] > 0)
        dW = {i: np.dot(dZ[i], self.A[i-1].T) for i in dZ}
        db = {i: np.sum(dZ[i], axis=1, keepdims=True) for i in dZ}
        return dW, db

    def loss(self, X, Y):
        return np.sum((self.forward(X) - Y)**2)/(2*X.shape[1])

    def fit(self, X, Y, lr=0.1, epochs=1000):
        for e in range(epochs):
            self.forward(X)
            dW, db = self.backward(Y)
            for i in dW:
                self.W[i] -= lr*dW[i]
                self.b[i] -= lr*db[i]
            if e % 200 == 0:
                print('epoch', e, 'loss', self.loss(X, Y))

np.random.seed(7)
X = np.random.uniform(-1, 1, (4, 80))
Y = np.vstack([X[0] - X[1], np.abs(X[2]), 0.5*X[3]])
net = ShapeTrouble()
net.fit(X, Y)
print('loss', net.loss(X, Y))
