import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(x))


def sigmoid_prime(x):
    s = sigmoid(x)
    return s * (1 - s)


def init(n_x, n_h, n_y, rng):
    return {"W1": rng.normal(0, 1, (n_h, n_x)), "b1": np.zeros((n_h, 1)),
            "W2": rng.normal(0, 1, (n_y, n_h)), "b2": np.zeros((n_y, 1))}


def forward(X, p):
    Z1 = p["W1"] @ X + p["b1"]
    A1 = sigmoid(Z1)
    Z2 = p["W2"] @ A1 + p["b2"]
    return {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": sigmoid(Z2)}


def cost(A2, Y):
    return np.sum((A2 - Y) ** 2) / (2 * Y.shape[1])


def backward(X, Y, p, c):
    m = X.shape[1]
    dZ2 = (c["A2"] - Y) * sigmoid_prime(c["Z2"]) / m
    dZ1 = (p["W2"].T @ dZ2) * sigmoid_prime(c["Z1"])
    return {"W1": dZ1 @ X.T, "b1": dZ1.sum(axis=1, keepdims=True),
            "W2": dZ2 @ c["A1"].T, "b2": dZ2.sum(axis=1, keepdims=True)}


def train(X, Y, n_h=5, lr=4.0, steps=3000, seed=0):
    p = init(X.shape[0], n_h, Y.shape[0], np.random.default_rng(seed))
    for s in range(steps):
        c = forward(X, p)
        g = backward(X, Y, p, c)
        for k in p:
            p[k] = p[k] - lr * g[k]
        if s % 500 == 0:
            print(s, cost(c["A2"], Y))
    return p, cost(forward(X, p)["A2"], Y)


if __name__ == "__main__":
    X = np.array([[0, 0, 1, 1], [0, 1, 0, 1]], dtype=float)
    Y = np.array([[0, 1, 1, 0]], dtype=float)
    p, final = train(X, Y)
    print("cost", final)
