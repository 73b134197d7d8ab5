import numpy as np


def night_run(hours=8):
    """Let it run over night. Saves nothing, prints now and then."""
    rng = np.random.RandomState(99)
    X = rng.randn(4000, 30)
    teacher = np.tanh(X @ rng.randn(30, 12)) @ rng.randn(12, 5)
    Y = np.tanh(teacher)

    W1, b1 = rng.randn(30, 60) / 6, np.zeros(60)
    W2, b2 = rng.randn(60, 60) / 8, np.zeros(60)
    W3, b3 = rng.randn(60, 5) / 8, np.zeros(5)
    rate = 0.1

    for epoch in range(hours * 2000):
        order = rng.permutation(len(X))
        for k in range(0, len(X), 20):
            x, y = X[order[k:k + 20]], Y[order[k:k + 20]]
            h1 = np.tanh(x @ W1 + b1)
            h2 = np.tanh(h1 @ W2 + b2)
            out = np.tanh(h2 @ W3 + b3)

            d3 = (out - y) * (1 - out ** 2) / len(x)
            d2 = d3 @ W3.T * (1 - h2 ** 2)
            d1 = d2 @ W2.T * (1 - h1 ** 2)

            W3 -= rate * h2.T @ d3
            b3 -= rate * d3.sum(axis=0)
            W2 -= rate * h1.T @ d2
            b2 -= rate * d2.sum(axis=0)
            W1 -= rate * x.T @ d1
            b1 -= rate * d1.sum(axis=0)
        if epoch % 100 == 0:
            h = np.tanh(np.tanh(X @ W1 + b1) @ W2 + b2)
            print(epoch, 0.5 * np.mean(np.sum((np.tanh(h @ W3 + b3) - Y) ** 2, axis=1)))
    return W1, b1, W2, b2, W3, b3


if __name__ == "__main__":
    night_run()
