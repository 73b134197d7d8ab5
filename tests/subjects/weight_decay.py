import numpy as np

np.random.seed(37)

LR = 0.2
DECAY = 0.01

X = np.random.uniform(-1, 1, (2, 100))
Y = (X[0] * X[1] > 0).astype(float).reshape(1, -1)

W1 = np.random.randn(8, 2)
b1 = np.zeros((8, 1))
W2 = np.random.randn(1, 8)
b2 = np.zeros((1, 1))


def predict(X):
    A1 = np.tanh(W1 @ X + b1)
    return A1, 1 / (1 + np.exp(-(W2 @ A1 + b2)))


for t in range(4000):
    A1, A2 = predict(X)
    dZ2 = (A2 - Y) / X.shape[1]
    dZ1 = (W2.T @ dZ2) * (1 - A1 ** 2)
    # gradient step and weight decay
    W1 = W1 - LR * dZ1 @ X.T - DECAY * W1
    W2 = W2 - LR * dZ2 @ A1.T - DECAY * W2
    b1 = b1 - LR * dZ1.sum(axis=1, keepdims=True)
    b2 = b2 - LR * dZ2.sum(axis=1, keepdims=True)
    if t % 500 == 0:
        ce = -np.mean(Y * np.log(A2) + (1 - Y) * np.log(1 - A2))
        print("t =", t, "cross entropy", round(float(ce), 4))

print("accuracy", np.mean((A2 > 0.5) == Y), "largest weight", abs(W1).max())
