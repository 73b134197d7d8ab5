import numpy as np

np.random.seed(7)
humidity = np.random.rand(20, 2)
rain = (humidity.sum(axis=1, keepdims=True) > 1.0) * 1.0

w = np.random.randn(2, 1)
b = np.zeros((1, 1))


def squash(x):
    return 1 / (1 + np.exp(-x))


chance = squash(humidity @ w + b)
print("before:", np.mean((chance - rain) ** 2))

for i in range(500):
    slope = (chance - rain) * chance * (1 - chance)
    w -= 0.5 * humidity.T @ slope
    b -= 0.5 * slope.sum(axis=0, keepdims=True)

print("after:", np.mean((squash(humidity @ w + b) - rain) ** 2))
