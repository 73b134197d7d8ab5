import numpy as np

EPS = 1e-5


def batchnorm_forward(x, gamma, beta):
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    std = np.sqrt(var + EPS)
    xhat = (x - mu) / std
    return gamma * xhat + beta, (xhat, gamma, std)


def batchnorm_backward(dout, cache):
    xhat, gamma, std = cache
    N = dout.shape[0]
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    dxhat = dout * gamma
    dx = (N * dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0)) / (N * std)
    return dx, dgamma, dbeta


def linear_forward(x, w):
    return x @ w, (x, w)


def linear_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.T @ dout


def step(x, t, p, lr):
    a, c1 = linear_forward(x, p["w1"])
    n, c2 = batchnorm_forward(a, p["gamma"], p["beta"])
    h = np.maximum(n, 0)
    y, c3 = linear_forward(h, p["w2"])
    y = y + p["c"]
    loss = 0.5 * np.mean(np.sum((y - t) ** 2, axis=1))

    dy = (y - t) / len(x)
    g = {"c": dy.sum(axis=0)}
    dh, g["w2"] = linear_backward(dy, c3)
    dn = dh * (n > 0)
    da, g["gamma"], g["beta"] = batchnorm_backward(dn, c2)
    _, g["w1"] = linear_backward(da, c1)
    for k in p:
        p[k] = p[k] - lr * g[k]
    return loss


if __name__ == "__main__":
    rng = np.random.RandomState(18)
    x = rng.randn(64, 4) * [1, 10, 0.1, 3] + [0, 50, 0, -7]       # badly scaled on purpose
    t = np.c_[np.sin(x[:, 0]), (x[:, 1] - 50) / 10]
    p = {"w1": rng.randn(4, 12) / 2, "gamma": np.ones(12), "beta": np.zeros(12), "w2": rng.randn(12, 2) / 3, "c": np.zeros(2)}
    for i in range(800):
        loss = step(x, t, p, 0.1)
        if i % 100 == 0:
            print(i, loss)
    print("loss", loss)
