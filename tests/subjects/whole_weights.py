import numpy as np

# start from weights that can be read: only -1, 0, 1 and 2
hidden_w = np.array([[1, -1, 2],
                     [-1, 2, 1]])
hidden_b = np.array([0, 1, -1])
out_w = np.array([1, -1, 1])
out_b = 0.0


def logistic(v):
    return 1.0 / (1.0 + np.exp(-v))


def run(x):
    h = logistic(x @ hidden_w + hidden_b)
    return h, logistic(h @ out_w + out_b)


def learn(x, t, rate):
    global out_b
    h, o = run(x)
    delta = (o - t) * o * (1 - o)
    back = delta * out_w * h * (1 - h)
    for j in range(3):
        out_w[j] -= rate * delta * h[j]
        hidden_b[j] -= rate * back[j]
        for i in range(2):
            hidden_w[i, j] -= rate * back[j] * x[i]
    out_b -= rate * delta
    return (o - t) ** 2 / 2


cases = [(np.array([a, b], dtype=float), float(a or b)) for a in (0, 1) for b in (0, 1)]
for epoch in range(800):
    total = 0
    for x, t in cases:
        total += learn(x, t, 0.5)
    if epoch % 200 == 0:
        print("epoch", epoch, "error", total)
print(hidden_w, hidden_b, out_w, out_b)
print([float(run(x)[1].round(2)) for x, t in cases], "error", total)
