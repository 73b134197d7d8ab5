import numpy as np


def softmax_rows(s):
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class Block:
    """words -> embedding + position -> causal self-attention, residual, layer norm -> next word"""

    def __init__(self, n_words, length, d, seed=0):
        r = np.random.default_rng(seed)
        self.p = {
            "emb": r.normal(0, 0.3, (n_words, d)),
            "pos": r.normal(0, 0.3, (length, d)),
            "q": r.normal(0, d ** -0.5, (d, d)),
            "k": r.normal(0, d ** -0.5, (d, d)),
            "v": r.normal(0, d ** -0.5, (d, d)),
            "gain": np.ones(d),
            "shift": np.zeros(d),
            "out": r.normal(0, d ** -0.5, (d, n_words)),
        }
        self.hide = np.triu(np.full((length, length), -1e9), 1)

    def forward(self, words):
        p = self.p
        x = p["emb"][words] + p["pos"]
        q, k, v = x @ p["q"], x @ p["k"], x @ p["v"]
        a = softmax_rows(q @ k.T / np.sqrt(q.shape[1]) + self.hide)
        r = x + a @ v
        m = r.mean(axis=1, keepdims=True)
        s = np.sqrt(((r - m) ** 2).mean(axis=1, keepdims=True) + 1e-6)
        n = (r - m) / s
        u = n * p["gain"] + p["shift"]
        self.memory = words, x, q, k, v, a, s, n, u
        return softmax_rows(u @ p["out"])

    def backward(self, dlogits):
        p = self.p
        words, x, q, k, v, a, s, n, u = self.memory
        g = {"out": u.T @ dlogits}
        du = dlogits @ p["out"].T
        g["gain"], g["shift"] = (du * n).sum(axis=0), du.sum(axis=0)
        dn = du * p["gain"]
        dr = (dn - dn.mean(axis=1, keepdims=True) - n * (dn * n).mean(axis=1, keepdims=True)) / s
        da = dr @ v.T
        dv = a.T @ dr
        ds = a * (da - (da * a).sum(axis=1, keepdims=True)) / np.sqrt(q.shape[1])
        dq = ds @ k
        dk = ds.T @ q
        g["q"], g["k"], g["v"] = x.T @ dq, x.T @ dk, x.T @ dv
        dx = dr + dq @ p["q"].T + dk @ p["k"].T + dv @ p["v"].T
        g["pos"] = dx
        g["emb"] = np.zeros_like(p["emb"])
        np.add.at(g["emb"], words, dx)
        return g


def train(net, text, rate, steps):
    length = net.p["pos"].shape[0]
    rng = np.random.default_rng(1)
    for step in range(steps):
        at = rng.integers(0, len(text) - length - 1)
        words, following = text[at:at + length], text[at + 1:at + length + 1]
        prob = net.forward(words)
        loss = -np.mean(np.log(prob[np.arange(length), following]))
        d = prob.copy()
        d[np.arange(length), following] -= 1
        grads = net.backward(d / length)
        for name, grad in grads.items():
            net.p[name] -= rate * grad
        if step % 200 == 0:
            print(step, loss)
    return loss


if __name__ == "__main__":
    text = np.array([0, 1, 2, 3, 2, 1] * 12 + [0, 4, 0, 4] * 6)
    print("loss", train(Block(5, 7, 8), text, 0.3, 1000))
