import numpy as np

# one neuron learns AND
x = np.array([[1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]], dtype=float)    # first column: bias
y = np.array([[0], [0], [0], [1]], dtype=float)

w = np.array([0.1, -0.2, 0.3])
alpha = 0.5


def out(x, w):
    z = x.dot(w)
    if z.ndim == 1:
        z = z.reshape(-1, 1)
    return 1 / (1 + np.exp(-z))


def loss(p):
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


for i in range(2000):
    p = out(x, w)
    grad = x.T.dot(p - y) / len(y)
    w = w - alpha * grad
    if i % 400 == 0:
        print("step", i, "loss", loss(p))

print("weights:")
print(w)
print("outputs:")
print(out(x, w).round(2))
