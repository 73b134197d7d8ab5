import numpy as np
rng = np.random.RandomState(7)

# three flowers, four measurements each
means = np.array([[5.0, 3.4, 1.5, 0.2], [5.9, 2.8, 4.3, 1.3], [6.6, 3.0, 5.6, 2.0]])
data = np.vstack([m + 0.25 * rng.randn(30, 4) for m in means])
species = np.repeat([0, 1, 2], 30).reshape(-1, 1)

data = (data - data.mean(axis=0)) / data.std(axis=0)

n_hidden = 8
Wh = rng.randn(4, n_hidden) * 0.5
bh = np.zeros(n_hidden)
Wo = rng.randn(n_hidden, 3) * 0.5
bo = np.zeros(3)

def softmax(s):
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)

lr = 0.1
for epoch in range(1000):
    h = np.tanh(data @ Wh + bh)
    probs = softmax(h @ Wo + bo)

    grad_scores = (probs - species) / len(data)
    dWo = h.T @ grad_scores
    dbo = grad_scores.sum(axis=0)
    dh = grad_scores @ Wo.T * (1 - h ** 2)
    dWh = data.T @ dh
    dbh = dh.sum(axis=0)

    Wo -= lr * dWo
    bo -= lr * dbo
    Wh -= lr * dWh
    bh -= lr * dbh

    if epoch % 200 == 0:
        acc = (probs.argmax(axis=1) == species.ravel()).mean()
        print(f"epoch {epoch}  accuracy {acc:.3f}")
