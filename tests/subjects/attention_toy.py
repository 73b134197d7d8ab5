"""Single head attention with a learned query: find the token that carries the answer."""
import numpy as np


class AttentionPool:
    def __init__(self, d_in, d_key, d_out, seed=0):
        rng = np.random.default_rng(seed)
        self.Wk = rng.normal(0, 0.3, (d_in, d_key))
        self.Wv = rng.normal(0, 0.3, (d_in, d_out))
        self.q = rng.normal(0, 0.3, d_key)

    def forward(self, X):
        # X: (batch, tokens, d_in)
        K = X @ self.Wk
        V = X @ self.Wv
        S = K @ self.q / np.sqrt(len(self.q))
        E = np.exp(S - S.max(axis=1, keepdims=True))
        A = E / E.sum(axis=1, keepdims=True)
        out = np.einsum("bt,bto->bo", A, V)
        self.cache = X, K, V, A
        return out

    def backward(self, dout):
        X, K, V, A = self.cache
        scale = np.sqrt(len(self.q))
        dV = A[:, :, None] * dout[:, None, :]
        dA = np.einsum("bo,bto->bt", dout, V)
        dS = A * (dA - np.sum(A * dA, axis=1, keepdims=True))
        dq = np.einsum("bt,btk->k", dS, K) / scale
        dK = dS[:, :, None] * self.q / scale
        dWk = np.einsum("bti,btk->ik", X, dK)
        dWv = np.einsum("bti,bto->io", X, dV)
        return dWk, dWv, dq


def loss_fn(out, target):
    diff = out - target
    return np.mean(np.sum(diff ** 2, axis=1)), 2 * diff / len(diff)


def make_data(n, tokens, rng):
    X = rng.normal(size=(n, tokens, 5))
    X[:, :, 0] = 0
    marked = rng.integers(0, tokens, n)
    X[np.arange(n), marked, 0] = 3.0            # the flag: look here
    return X, X[np.arange(n), marked, 1:3]


def main():
    rng = np.random.default_rng(4)
    X, Y = make_data(80, 6, rng)
    layer = AttentionPool(5, 4, 2)
    for epoch in range(600):
        out = layer.forward(X)
        loss, dout = loss_fn(out, Y)
        dWk, dWv, dq = layer.backward(dout)
        layer.Wk -= 0.1 * dWk
        layer.Wv -= 0.1 * dWv
        layer.q -= 0.1 * dq
        if epoch % 100 == 0:
            print(f"epoch {epoch:3d}  loss {loss:.4f}")
    print("attention of the first example:", layer.cache[3][0].round(2))
    return loss


if __name__ == "__main__":
    main()
