import numpy as np

rng = np.random.default_rng(11)

X = rng.uniform(-2, 2, size=(100, 2))
Y = (X[:, :1] * X[:, 1:] > 0).astype(float)

params = {
    "W1": rng.normal(size=(2, 8)), "b1": np.zeros((1, 8)),
    "W2": rng.normal(size=(8, 1)), "b2": np.zeros((1, 1)),
}

def predict(X):
    a1 = np.tanh(X @ params["W1"] + params["b1"])
    a2 = 1 / (1 + np.exp(-(a1 @ params["W2"] + params["b2"])))
    return a1, a2

lr = 1.0
decay = 0.9
for epoch in range(1000):
    a1, a2 = predict(X)
    dz2 = (a2 - Y) / len(X)
    dz1 = dz2 @ params["W2"].T * (1 - a1 ** 2)
    grads = {"W1": X.T @ dz1, "b1": dz1.sum(0, keepdims=True), "W2": a1.T @ dz2, "b2": dz2.sum(0, keepdims=True)}
    for k in params:
        params[k] -= lr * grads[k]
    lr = lr * decay
    if epoch % 100 == 0:
        bce = -np.mean(Y * np.log(a2) + (1 - Y) * np.log(1 - a2))
        print(f"epoch {epoch:4d} lr {lr:.2e} loss {bce:.4f}")
