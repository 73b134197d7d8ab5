import numpy as np

# x : (N, D)   w1 : (D, H)   w2 : (H, C)


def net(x, w1, b1, w2, b2):
    z = x @ w1 + b1
    h = z * (z > 0)
    return h, h @ w2 + b2


def squared_error(y, t):
    return 0.5 * ((y - t) ** 2).sum() / len(t)


def grad(x, t, w1, b1, w2, b2):
    h, y = net(x, w1, b1, w2, b2)
    dy = (y - t) / len(t)
    dw2 = h.T @ dy
    db2 = dy.sum(axis=0)
    dh = dy @ w2.T
    dw1 = x.T @ dh
    db1 = dh.sum(axis=0)
    return dw1, db1, dw2, db2


def sgd_step(x, t, w1, b1, w2, b2, lr):
    dw1, db1, dw2, db2 = grad(x, t, w1, b1, w2, b2)
    w1 = w1 - lr * dw1
    b1 = b1 - lr * db1
    w2 = w2 - lr * dw2
    b2 = b2 - lr * db2
    return w1, b1, w2, b2
