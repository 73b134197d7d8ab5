import numpy as np

rng = np.random.RandomState(50)

def softmax(s):
    e = np.exp(s - s.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)

class SelfAttention:
    def __init__(self, d):
        self.d = d
        self.Wq, self.Wk, self.Wv, self.Wo = [rng.randn(d, d) / np.sqrt(d) for _ in range(4)]

    def __call__(self, X):
        self.X = X
        self.Q, self.K, self.V = X @ self.Wq, X @ self.Wk, X @ self.Wv
        self.P = softmax(self.Q @ self.K.T / np.sqrt(self.d))
        self.Z = self.P @ self.V
        return self.Z @ self.Wo

    def backward(self, dY):
        dWo = self.Z.T @ dY
        dZ = dY @ self.Wo.T
        dV = self.P.T @ dZ
        dP = dZ @ self.V.T
        dS = dP * self.P * (1 - self.P) / np.sqrt(self.d)
        dQ = dS @ self.K
        dK = dS.T @ self.Q
        return {'Wq': self.X.T @ dQ, 'Wk': self.X.T @ dK, 'Wv': self.X.T @ dV, 'Wo': dWo}

def loss(Y, T):
    return 0.5 * np.sum((Y - T)**2) / len(T)

if __name__ == '__main__':
    # copy the neighbour with the same tag
    d, L = 6, 8
    data = []
    for _ in range(10):
        X = rng.randn(L, d)
        tag = rng.permutation(np.repeat(np.eye(4), 2, axis=0))
        X[:, :4] = 2 * tag
        partner = [next(j for j in range(L) if j != i and (tag[j] == tag[i]).all()) for i in range(L)]
        T = np.zeros((L, d))
        T[:, 4:] = (X[partner] + X)[:, 4:] / 2
        data.append((X, T))
    att = SelfAttention(d)
    for step in range(300):
        total = 0
        for X, T in data:
            Y = att(X)
            total += loss(Y, T)
            g = att.backward((Y - T) / len(T))
            for name in g:
                setattr(att, name, getattr(att, name) - 0.1 * g[name])
        if step % 50 == 0:
            print(step, total / len(data))
    print('end', total / len(data))
