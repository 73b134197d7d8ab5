import numpy as np

rng = np.random.RandomState(8)
X = rng.rand(100, 4)
y = X.sum(axis=1, keepdims=True) ** 2

class Layer:
    def __init__(self, i, o, relu=True):
        self.W = rng.randn(i, o)
        self.b = -6.0 * np.ones(o)
        self.relu = relu
    def forward(self, x):
        self.x = x
        self.z = x @ self.W + self.b
        return np.maximum(self.z, 0) if self.relu else self.z
    def backward(self, g, lr):
        if self.relu:
            g = g * (self.z > 0)
        back = g @ self.W.T
        self.W -= lr * self.x.T @ g
        self.b -= lr * g.sum(0)
        return back

net = [Layer(4, 16), Layer(16, 8), Layer(8, 1, relu=False)]
for epoch in range(1000):
    a = X
    for l in net: a = l.forward(a)
    grad = 2 * (a - y) / len(X)
    for l in reversed(net): grad = l.backward(grad, 0.01)
    if epoch % 200 == 0:
        print(epoch, np.mean((a - y) ** 2), 'var', y.var())
