import numpy as np


def act(z):
    return 1.0 / (1.0 + np.exp(-z))


def net_forward(x, W1, b1, W2, b2):
    h = act(W1 @ x + b1)
    return h, act(W2 @ h + b2)


def cost(x, t, W1, b1, W2, b2):
    _, y = net_forward(x, W1, b1, W2, b2)
    return np.sum((y - t) ** 2) / 2


def backprop(x, t, W1, b1, W2, b2):
    h, y = net_forward(x, W1, b1, W2, b2)
    dy = (y - t) * y * (1 - y)
    dh = (W2.T @ dy) * h * (1 - h)
    return dh @ x.T, dh.sum(axis=1, keepdims=True), dy @ h.T, dy.sum(axis=1, keepdims=True)


def check_gradients(x, t, params, epsilon=1e-4):
    analytic = backprop(x, t, *params)
    worst = 0.0
    for p, g in zip(params, analytic):
        for idx in np.ndindex(p.shape):
            keep = p[idx]
            p[idx] = keep + epsilon
            up = cost(x, t, *params)
            p[idx] = keep - epsilon
            down = cost(x, t, *params)
            p[idx] = keep
            approx = (up - down) / epsilon
            err = abs(approx - g[idx]) / max(abs(approx), abs(g[idx]), 1e-12)
            worst = max(worst, err)
    print("worst relative error:", worst, "OK" if worst < 1e-6 else "BACKPROP IS WRONG")
    return worst


def main():
    rng = np.random.RandomState(3)
    params = [rng.randn(4, 2), rng.randn(4, 1), rng.randn(2, 4), rng.randn(2, 1)]
    x = np.array([[0, 0, 1, 1], [0, 1, 0, 1]], dtype=float)
    t = np.array([[0, 1, 1, 0], [0, 0, 0, 1]], dtype=float)
    worst = check_gradients(x, t, params)
    for i in range(4000):
        grads = backprop(x, t, *params)
        params = [p - 0.8 * g for p, g in zip(params, grads)]
        if i % 1000 == 0:
            print(i, cost(x, t, *params))
    print(net_forward(x, *params)[1].round(2))
    return worst, cost(x, t, *params)


if __name__ == "__main__":
    main()
