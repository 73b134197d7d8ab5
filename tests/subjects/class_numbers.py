import numpy as np

rng = np.random.RandomState(12)

def softmax(z):
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    return e / np.sum(e, axis=1, keepdims=True)

class SoftmaxNet:
    def __init__(self, n, h, k):
        self.params = {'W1': rng.randn(n, h) / np.sqrt(n), 'b1': np.zeros((1, h)),
                       'W2': rng.randn(h, k) / np.sqrt(h), 'b2': np.zeros((1, k))}

    def predict_proba(self, X):
        p = self.params
        self.a1 = np.maximum(0, X @ p['W1'] + p['b1'])
        return softmax(self.a1 @ p['W2'] + p['b2'])

    def fit(self, X, y, lr=0.1, epochs=500):
        p = self.params
        m = len(X)
        for epoch in range(epochs):
            probs = self.predict_proba(X)
            loss = -np.mean(np.log(probs[np.arange(m), y] + 1e-12))
            if epoch % 100 == 0:
                print('epoch', epoch, 'loss', loss)
            dz2 = (probs - y.reshape(-1, 1)) / m
            dz1 = (dz2 @ p['W2'].T) * (self.a1 > 0)
            p['W2'] -= lr * self.a1.T @ dz2
            p['b2'] -= lr * dz2.sum(axis=0, keepdims=True)
            p['W1'] -= lr * X.T @ dz1
            p['b1'] -= lr * dz1.sum(axis=0, keepdims=True)
        return loss

y = np.arange(60) % 3
X = np.array([[1.5, 0], [-1, 1], [-1, -1]])[y] + 0.4 * rng.randn(60, 2)
net = SoftmaxNet(2, 10, 3)
loss = net.fit(X, y)
print('accuracy', np.mean(net.predict_proba(X).argmax(axis=1) == y))
