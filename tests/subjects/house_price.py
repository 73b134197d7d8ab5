import numpy as np

def relu(z):
    return np.maximum(z, 0)

rng = np.random.default_rng(12)
n = 50
area = rng.uniform(0.5, 2.0, n)          # 100 square metres
age = rng.uniform(0, 1, n)               # centuries
price = 1.2 * area - 0.7 * age * area + 0.4
X = np.vstack([area, age])               # one column a house
Y = price[np.newaxis, :]

W1 = rng.normal(0, 1, (8, 2))
b1 = np.zeros((8, 1))
W2 = rng.normal(0, 0.5, (1, 8))
b2 = np.zeros((1, 1))

alpha = 1.5

with np.errstate(over="ignore", invalid="ignore"):
    for it in range(1500):
        Z1 = W1 @ X + b1
        A1 = relu(Z1)
        A2 = W2 @ A1 + b2
        cost = np.mean((A2 - Y) ** 2)
        if it % 300 == 0:
            print("cost after iteration", it, ":", cost)
        dA2 = 2 * (A2 - Y) / n
        dZ1 = W2.T @ dA2 * (Z1 > 0)
        W2 = W2 - alpha * dA2 @ A1.T
        b2 = b2 - alpha * dA2.sum(axis=1, keepdims=True)
        W1 = W1 - alpha * dZ1 @ X.T
        b1 = b1 - alpha * dZ1.sum(axis=1, keepdims=True)

print("final cost", cost)
