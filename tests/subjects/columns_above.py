import numpy as np

# X: one patient a column, y: one row a diagnosis
m = X.shape[1]
W = np.random.randn(3, X.shape[0]) * 0.01
b = np.zeros((3, 1))
for i in range(300):
    t = np.exp(np.dot(W, X) + b)
    A = t / np.sum(t, axis=0)
    cost = -np.sum(y * np.log(A)) / m
    dZ = y - A
    dW = np.dot(dZ, X.T) / m
    db = np.sum(dZ, axis=1, keepdims=True) / m
    W = W - 0.1 * dW
    b = b - 0.1 * db
