import numpy as np


def sigma(z):
    return 1 / (1 + np.exp(-z))


def random_weights(rng, n_in, n_hid, n_out):
    return rng.normal(size=(n_in + 1, n_hid)), rng.normal(size=(n_hid + 1, n_out))


def with_bias(a):
    return np.append(a, 1.0)


def train(samples, epochs, eta):
    rng = np.random.default_rng(4)
    for epoch in range(epochs):
        V, W = random_weights(rng, 2, 4, 1)
        error = 0.0
        for x, t in samples:
            a = with_bias(x)
            h = sigma(a @ V)
            hb = with_bias(h)
            o = sigma(hb @ W)
            error += 0.5 * np.sum((o - t) ** 2)
            do = (o - t) * o * (1 - o)
            dh = (W[:-1] @ do) * h * (1 - h)
            W = W - eta * np.outer(hb, do)
            V = V - eta * np.outer(a, dh)
        if epoch % 500 == 0:
            print(f"epoch {epoch}: error {error:.4f}")
    return V, W, error


if __name__ == "__main__":
    samples = [(np.array(p, float), np.array([float(p[0] != p[1])])) for p in ((0, 0), (0, 1), (1, 0), (1, 1))]
    V, W, error = train(samples, 3000, 1.0)
    for x, t in samples:
        print(x, t, sigma(with_bias(sigma(with_bias(x) @ V)) @ W))
