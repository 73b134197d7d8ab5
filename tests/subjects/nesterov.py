import numpy as np


def forward(params, X):
    W, a, V, c = params
    H = 1 / (1 + np.exp(-(X @ W + a)))
    return H, 1 / (1 + np.exp(-(H @ V + c)))


def cost(params, X, T):
    return 0.5 * np.sum((forward(params, X)[1] - T) ** 2)


def gradient(params, X, T):
    W, a, V, c = params
    H, Y = forward(params, X)
    dY = (Y - T) * Y * (1 - Y)
    dH = dY @ V.T * H * (1 - H)
    return [X.T @ dH, dH.sum(axis=0), H.T @ dY, dY.sum(axis=0)]


def nesterov(params, X, T, rate=0.3, mu=0.9, steps=600):
    """Nesterov's accelerated gradient: the gradient is taken at the point looked ahead to."""
    velocity = [np.zeros_like(p) for p in params]
    for s in range(steps):
        ahead = [p + mu * v for p, v in zip(params, velocity)]
        grads = gradient(ahead, X, T)
        velocity = [mu * v - rate * g for v, g in zip(velocity, grads)]
        params = [p + v for p, v in zip(params, velocity)]
        if s % 100 == 0:
            print(s, cost(params, X, T))
    return params


if __name__ == "__main__":
    rng = np.random.RandomState(14)
    # encoder 6 - 3 - 6
    X = np.eye(6)
    params = [rng.randn(6, 3) * 0.5, np.zeros(3), rng.randn(3, 6) * 0.5, np.zeros(6)]
    params = nesterov(params, X, X)
    print(forward(params, X)[1].round(1))
    print("cost", cost(params, X, X))
