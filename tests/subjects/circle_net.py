import numpy as np


def start(n):
    g = np.random.default_rng(15)
    return g.normal(size=(2, n)), np.zeros(n), g.normal(size=(n, 1)) * 0.3, np.zeros(1)


def forward(X, W1, b1, W2, b2):
    H = np.tanh(X @ W1 + b1)
    P = 1 / (1 + np.exp(-(H @ W2 + b2)))
    return H, P


def loss(P, Y):
    return -np.mean(Y * np.log(P) + (1 - Y) * np.log(1 - P))


def backward(X, Y, H, P, W2):
    d = (P - Y) / len(X)
    dH = d @ W2.T * (1 - H * H)
    return X.T @ dH, dH.sum(0), H.T @ d, d.sum(0)


def update(W1, b1, W2, b2, dW1, db1, dW2, db2, lr):
    W1 = W1 - lr * dW1
    b1 = b1 - lr * db1
    W2 = W2 - lr * dW2
    b2 = b2 - lr * db2
    return W1, b1, W2, b2


def fit(X, Y, n_hidden=8, lr=1.0, epochs=1500):
    W1, b1, W2, b2 = start(n_hidden)
    for e in range(epochs):
        H, P = forward(X, W1, b1, W2, b2)
        dW1, db1, dW2, db2 = backward(X, Y, H, P, W2)
        update(W1, b1, W2, b2, dW1, db1, dW2, db2, lr)
        if e % 300 == 0:
            print("epoch", e, "loss", loss(P, Y))
    return W1, b1, W2, b2


if __name__ == "__main__":
    g = np.random.default_rng(1)
    X = g.uniform(-1, 1, (150, 2))
    Y = (np.sum(X ** 2, axis=1, keepdims=True) < 0.5).astype(float)
    weights = fit(X, Y)
    _, P = forward(X, *weights)
    print("accuracy", np.mean((P > 0.5) == Y))
