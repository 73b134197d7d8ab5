import numpy as np

rng = np.random.RandomState(48)

# two sensors, three machine states
state = np.arange(60) % 3
readings = np.array([[0.9, 0.2], [0.5, 0.8], [0.15, 0.35]])[state] + rng.randn(60, 2) * 0.05
target = np.eye(3)[state]
originals = readings.copy()

W1 = rng.randn(2, 7)
b1 = np.zeros(7)
W2 = rng.randn(7, 3) * 0.4
b2 = np.zeros(3)


def jitter(X, amount=0.05):
    """a little noise keeps the net from learning the examples by heart"""
    X += amount * rng.randn(*X.shape)
    return X


def outputs(X):
    h = np.tanh(X @ W1 + b1)
    s = h @ W2 + b2
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return h, e / e.sum(axis=1, keepdims=True)


lr = 0.5
for epoch in range(800):
    X = jitter(readings)
    h, p = outputs(X)
    loss = -np.mean(np.log(p[target == 1]))
    if epoch % 100 == 0:
        print("epoch", epoch, "loss", round(loss, 4), "largest reading", X.max().round(2))
    ds = (p - target) / len(X)
    dh = ds @ W2.T * (1 - h ** 2)
    W2 -= lr * h.T @ ds
    b2 -= lr * ds.sum(axis=0)
    W1 -= lr * X.T @ dh
    b1 -= lr * dh.sum(axis=0)

right = np.mean(outputs(originals)[1].argmax(axis=1) == state)
print("right:", right)
