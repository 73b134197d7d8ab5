import numpy as np

rng = np.random.RandomState(1)
rows, columns = data.shape
X_all = data[:, 0:columns - 1]
wanted = np.eye(3)[data[:, columns - 1].astype(int)]

W1 = rng.randn(columns - 1, 8) * 0.5
b1 = np.zeros(8)
W2 = rng.randn(8, 3) * 0.5
b2 = np.zeros(3)
rate = 0.5

for step in range(400):
    hidden = np.tanh(X_all.dot(W1) + b1)
    scores = hidden.dot(W2) + b2
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    cost = -np.sum(wanted * np.log(p)) / rows
    d2 = (p - wanted) / rows
    d1 = d2.dot(W2.T) * (1 - hidden ** 2)
    W2 -= rate * hidden.T.dot(d2)
    b2 -= rate * d2.sum(axis=0)
    W1 -= rate * X_all.T.dot(d1)
    b1 -= rate * d1.sum(axis=0)
    if step % 100 == 0:
        print(step, cost)
