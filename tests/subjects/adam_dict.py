import numpy as np


def init(sizes, rng):
    theta = {}
    for i, (m, n) in enumerate(zip(sizes, sizes[1:]), 1):
        theta[f"W{i}"] = rng.standard_normal((m, n)) / np.sqrt(m)
        theta[f"b{i}"] = np.zeros(n)
    return theta


def forward(theta, X):
    h1 = np.tanh(X @ theta["W1"] + theta["b1"])
    h2 = np.tanh(h1 @ theta["W2"] + theta["b2"])
    out = h2 @ theta["W3"] + theta["b3"]
    return h1, h2, out


def loss(theta, X, Y):
    return ((forward(theta, X)[-1] - Y) ** 2).mean()


def gradient(theta, X, Y):
    h1, h2, out = forward(theta, X)
    d3 = 2 * (out - Y) / Y.size
    d2 = d3 @ theta["W3"].T * (1 - h2 ** 2)
    d1 = d2 @ theta["W2"].T * (1 - h1 ** 2)
    return {
        "W1": X.T @ d1, "b1": d1.sum(0),
        "W2": h1.T @ d2, "b2": d2.sum(0),
        "W3": h2.T @ d3, "b3": d3.sum(0),
    }


def adam(theta, X, Y, rng, *, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8, epochs=150, batch=20):
    m = {k: np.zeros_like(v) for k, v in theta.items()}
    v = {k: np.zeros_like(v) for k, v in theta.items()}
    t = 0
    for epoch in range(epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch):
            pick = order[start:start + batch]
            g = gradient(theta, X[pick], Y[pick])
            t += 1
            for k in theta:
                m[k] = beta1 * m[k] + (1 - beta1) * g[k]
                v[k] = beta2 * v[k] + (1 - beta2) * g[k] ** 2
                m_hat = m[k] / (1 - beta1 ** t)
                v_hat = v[k] / (1 - beta2 ** t)
                theta[k] -= lr * m_hat / (np.sqrt(v_hat) + eps)
        if epoch % 10 == 0:
            print(epoch, loss(theta, X, Y))
    return theta


if __name__ == "__main__":
    rng = np.random.default_rng(7)
    X = rng.uniform(-1, 1, (200, 2))
    Y = np.column_stack([np.sin(3 * X[:, 0]) * X[:, 1], X[:, 0] ** 2])
    theta = adam(init([2, 16, 12, 2], rng), X, Y, rng)
    print("final loss", loss(theta, X, Y))
