import numpy as np


def softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    e = np.exp(z)
    return e / e.sum(axis=-1, keepdims=True)


class Attention:
    """Self-attention, one head. x: (N, T, D)"""

    def __init__(self, dim):
        self.params = {k: np.random.randn(dim, dim) / np.sqrt(dim) for k in ("Wq", "Wk", "Wv")}
        self.grads = {}

    def forward(self, x):
        q, k, v = (x @ self.params[n] for n in ("Wq", "Wk", "Wv"))
        a = softmax(q @ k.transpose(0, 2, 1) / np.sqrt(q.shape[-1]))
        self.kept = x, q, k, v, a
        return a @ v

    def backward(self, dout):
        x, q, k, v, a = self.kept
        da = dout @ v.transpose(0, 2, 1)
        dv = a.transpose(0, 2, 1) @ dout
        ds = a * (da - (da * a).sum(axis=-1, keepdims=True)) / np.sqrt(q.shape[-1])
        dq = ds @ k
        dk = ds.transpose(0, 2, 1) @ q
        dx = 0
        for n, d in zip(("Wq", "Wk", "Wv"), (dq, dk, dv)):
            self.grads[n] = np.einsum("ntd,nte->de", x, d)
            dx = dx + d @ self.params[n].T
        return dx
