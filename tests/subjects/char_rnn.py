"""
Character model: a plain recurrent net learns to spell one sentence.
"""
import numpy as np

np.random.seed(12)
text = "the cat sat on the mat. "
symbols = sorted(set(text))
V = len(symbols)
index = {ch: i for i, ch in enumerate(symbols)}

H = 24           # hidden units
T = 12           # unrolled steps
lr = 0.1

Wxh = np.random.randn(H, V) * 0.05
Whh = np.random.randn(H, H) * 0.05
Why = np.random.randn(V, H) * 0.05
bh = np.zeros((H, 1))
by = np.zeros((V, 1))


def sequence_loss(inputs, targets, h0):
    xs, hs, ps = {}, {-1: h0}, {}
    loss = 0
    for t in range(len(inputs)):
        xs[t] = np.zeros((V, 1))
        xs[t][inputs[t]] = 1
        hs[t] = np.tanh(Wxh @ xs[t] + Whh @ hs[t - 1] + bh)
        y = Why @ hs[t] + by
        e = np.exp(y - y.max())
        ps[t] = e / e.sum()
        loss += -np.log(ps[t][targets[t], 0])

    dWxh, dWhh, dWhy = np.zeros_like(Wxh), np.zeros_like(Whh), np.zeros_like(Why)
    dbh, dby = np.zeros_like(bh), np.zeros_like(by)
    carried = np.zeros_like(h0)
    for t in reversed(range(len(inputs))):
        dy = ps[t].copy()
        dy[targets[t]] -= 1
        dWhy += dy @ hs[t].T
        dby += dy
        dh = Why.T @ dy + carried
        da = (1 - hs[t] ** 2) * dh
        dbh += da
        dWxh += da @ xs[t].T
        dWhh += da @ hs[t - 1].T
        carried = Whh.T @ da
    return loss, (dWxh, dWhh, dWhy, dbh, dby), hs[len(inputs) - 1]


def sample(h, seed, n):
    x = np.zeros((V, 1))
    x[seed] = 1
    out = []
    for _ in range(n):
        h = np.tanh(Wxh @ x + Whh @ h + bh)
        k = int(np.argmax(Why @ h + by))
        x = np.zeros((V, 1))
        x[k] = 1
        out.append(symbols[k])
    return "".join(out)


memory = [np.zeros_like(w) for w in (Wxh, Whh, Why, bh, by)]
smooth = -np.log(1.0 / V) * T
h = np.zeros((H, 1))
for n in range(400):
    p = (n * T) % (len(text) - T + 1)
    if p == 0:
        h = np.zeros((H, 1))
    inputs = [index[c] for c in text[p:p + T]]
    targets = [index[c] for c in (text + text[0])[p + 1:p + T + 1]]
    loss, grads, h = sequence_loss(inputs, targets, h)
    smooth = smooth * 0.98 + loss * 0.02
    if n % 100 == 0:
        print(n, smooth, repr(sample(np.zeros((H, 1)), index["t"], 20)))
    for w, g, m in zip((Wxh, Whh, Why, bh, by), grads, memory):
        g = np.clip(g, -5, 5)
        m += g * g
        w += -lr * g / np.sqrt(m + 1e-8)
print("loss", smooth)
