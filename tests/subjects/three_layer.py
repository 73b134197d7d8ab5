import numpy as np


class ThreeLayerNet:

    def __init__(self, input_size, hidden1, hidden2, output_size, learning_rate=0.01):
        self.W1 = np.random.randn(input_size, hidden1) * np.sqrt(2. / input_size)
        self.b1 = np.zeros((1, hidden1))
        self.W2 = np.random.randn(hidden1, hidden2) * np.sqrt(2. / hidden1)
        self.b2 = np.zeros((1, hidden2))
        self.W3 = np.random.randn(hidden2, output_size) * np.sqrt(2. / hidden2)
        self.b3 = np.zeros((1, output_size))
        self.learning_rate = learning_rate

    def leaky(self, z):
        return np.where(z > 0, z, 0.1 * z)

    def leaky_prime(self, z):
        return np.where(z > 0, 1.0, 0.1)

    def softmax(self, z):
        z = z - np.max(z, axis=1, keepdims=True)
        e = np.exp(z)
        return e / np.sum(e, axis=1, keepdims=True)

    def forward(self, X):
        self.z1 = X.dot(self.W1) + self.b1
        self.a1 = self.leaky(self.z1)
        self.z2 = self.a1.dot(self.W2) + self.b2
        self.a2 = self.leaky(self.z2)
        self.z3 = self.a2.dot(self.W3) + self.b3
        self.probs = self.softmax(self.z3)
        return self.probs

    def backward(self, X, Y):
        # Y is one-hot
        m = X.shape[0]
        dz3 = (self.probs - Y) / m
        dz2 = dz3.dot(self.W3.T) * self.leaky_prime(self.z2)
        dz1 = dz2.dot(self.W2.T) * self.leaky_prime(self.z1)
        self.dW3, self.db3 = self.a2.T.dot(dz3), dz3.sum(axis=0, keepdims=True)
        self.dW2, self.db2 = self.a1.T.dot(dz2), dz2.sum(axis=0, keepdims=True)
        self.dW1, self.db1 = X.T.dot(dz1), dz1.sum(axis=0, keepdims=True)

    def update(self):
        for name in ('W1', 'b1', 'W2', 'b2', 'W3', 'b3'):
            value = getattr(self, name)
            value -= self.learning_rate * getattr(self, 'd' + name)

    def compute_loss(self, Y):
        return -np.sum(Y * np.log(self.probs + 1e-9)) / Y.shape[0]

    def train_on_batch(self, X, Y):
        self.forward(X)
        loss = self.compute_loss(Y)
        self.backward(X, Y)
        self.update()
        return loss
