import numpy as np

np.random.seed(100)

def make_rings(n):
    r = np.where(np.arange(n) < n // 2, 0.4, 1.0) + 0.08 * np.random.randn(n)
    phi = np.random.uniform(0, 2 * np.pi, n)
    return np.stack([r * np.cos(phi), r * np.sin(phi)]), (np.arange(n) >= n // 2).astype(float)[None]

X, Y = make_rings(200)
W1 = np.random.randn(10, 2)
b1 = np.zeros((10, 1))
W2 = np.random.randn(1, 10) * 0.3
b2 = np.zeros((1, 1))

batch_size = 25
alpha = 0.5

for epoch in range(150):
    for i in range(X.shape[1] // batch_size):
        x = X[:, :batch_size]
        y = Y[:, :batch_size]
        z1 = W1 @ x + b1
        a1 = np.maximum(z1, 0)
        a2 = 1 / (1 + np.exp(-(W2 @ a1 + b2)))
        dz2 = (a2 - y) / batch_size
        dz1 = (W2.T @ dz2) * (z1 > 0)
        W2 -= alpha * dz2 @ a1.T
        b2 -= alpha * dz2.sum(axis=1, keepdims=True)
        W1 -= alpha * dz1 @ x.T
        b1 -= alpha * dz1.sum(axis=1, keepdims=True)
    if epoch % 30 == 0:
        cost = -np.mean(y * np.log(a2 + 1e-9) + (1 - y) * np.log(1 - a2 + 1e-9))
        print("epoch", epoch, "cost", round(float(cost), 4))

out = 1 / (1 + np.exp(-(W2 @ np.maximum(W1 @ X + b1, 0) + b2)))
print("accuracy on everything:", np.mean((out > 0.5) == Y))
