import numpy as np

class Classifier:
    """features in rows; softmax output"""
    def __init__(self, n_features, n_hidden, n_classes, seed=42):
        r = np.random.RandomState(seed)
        self.W1 = r.randn(n_features, n_hidden) * np.sqrt(1 / n_features)
        self.b1 = np.zeros((1, n_hidden))
        self.W2 = r.randn(n_hidden, n_classes) * np.sqrt(1 / n_hidden)
        self.b2 = np.zeros((1, n_classes))

    def probabilities(self, X):
        self.H = np.maximum(X @ self.W1 + self.b1, 0)
        S = self.H @ self.W2 + self.b2
        E = np.exp(S - np.max(S, axis=1, keepdims=True))
        return E / np.sum(E, axis=1, keepdims=True)

    def accuracy(self, X, T):
        P = self.probabilities(X)
        return np.mean(np.argmax(P, axis=0) == np.argmax(T, axis=0))

    def train(self, X, T, epochs, lr):
        for e in range(epochs):
            P = self.probabilities(X)
            D = (P - T) / X.shape[0]
            G2, g2 = self.H.T @ D, D.sum(axis=0, keepdims=True)
            D = (D @ self.W2.T) * (self.H > 0)
            G1, g1 = X.T @ D, D.sum(axis=0, keepdims=True)
            self.W1 -= lr * G1; self.b1 -= lr * g1
            self.W2 -= lr * G2; self.b2 -= lr * g2
            if e % 100 == 0:
                print('epoch', e, 'loss', -np.mean(np.sum(T * np.log(P + 1e-9), axis=1)), 'accuracy', self.accuracy(X, T))

def blobs(n_per_class=40, seed=0):
    r = np.random.RandomState(seed)
    centres = np.array([[0, 2], [2, -1], [-2, -1]])
    X = np.concatenate([c + 0.6 * r.randn(n_per_class, 2) for c in centres])
    T = np.eye(3)[np.repeat(np.arange(3), n_per_class)]
    return X, T

X, T = blobs()
clf = Classifier(2, 10, 3)
clf.train(X, T, 500, 0.5)
