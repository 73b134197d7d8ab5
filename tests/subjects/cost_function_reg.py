import numpy as np


def g(z):
    return 1 / (1 + np.exp(-z))


def unroll(T1, T2):
    return np.r_[T1.ravel(), T2.ravel()]


def roll(theta, n, h, k):
    T1 = theta[: h * (n + 1)].reshape(h, n + 1)
    T2 = theta[h * (n + 1):].reshape(k, h + 1)
    return T1, T2


def forward(T1, T2, X):
    A1 = np.c_[np.ones(len(X)), X]
    A2 = np.c_[np.ones(len(X)), g(A1 @ T1.T)]
    return A1, A2, g(A2 @ T2.T)


def cost(theta, n, h, k, X, Y, lam):
    T1, T2 = roll(theta, n, h, k)
    m = len(X)
    H = forward(T1, T2, X)[2]
    J = -(Y * np.log(H) + (1 - Y) * np.log(1 - H)).sum() / m
    return J + lam / (2 * m) * ((T1[:, 1:] ** 2).sum() + (T2[:, 1:] ** 2).sum())


def gradient(theta, n, h, k, X, Y, lam):
    T1, T2 = roll(theta, n, h, k)
    m = len(X)
    A1, A2, H = forward(T1, T2, X)
    d3 = H - Y
    d2 = (d3 @ T2 * A2 * (1 - A2))[:, 1:]
    G1 = d2.T @ A1 / m + lam / m * T1
    G2 = d3.T @ A2 / m + lam / m * T2
    return unroll(G1, G2)


def descend(theta, n, h, k, X, Y, lam=1.0, alpha=0.3, steps=100):
    for _ in range(steps):
        theta = theta - alpha * gradient(theta, n, h, k, X, Y, lam)
    return theta
