import numpy as np


class Dense:
    def __init__(self, fan_in, fan_out, rng):
        self.W = rng.normal(0, 1 / np.sqrt(fan_in), (fan_out, fan_in))
        self.b = np.zeros((fan_out, 1))

    def forward(self, a):
        self.a = a
        return self.W @ a + self.b

    def backward(self, grad, lr):
        self.W -= lr * (grad @ self.a.T)
        self.b -= lr * grad.sum(axis=1, keepdims=True)
        return self.W.T @ grad


class Sigmoid:
    def forward(self, z):
        self.s = 1 / (1 + np.exp(-z))
        return self.s

    def backward(self, grad, lr):
        return grad * self.s * (1 - self.s)


def mse(p, t):
    return np.mean(np.sum((p - t) ** 2, axis=0))


def run(stack, x):
    for layer in stack:
        x = layer.forward(x)
    return x


def train(stack, x, t, lr, epochs):
    for epoch in range(epochs):
        p = run(stack, x)
        grad = 2 * (p - t) / x.shape[1]
        for layer in stack[::-1]:
            grad = layer.backward(grad, lr)
        if epoch % 500 == 0:
            print(f"{epoch:5d} mse={mse(p, t):.5f}")
    return mse(run(stack, x), t)
