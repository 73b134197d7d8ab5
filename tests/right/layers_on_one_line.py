import numpy as np
rng = np.random.default_rng(0)
class Relu:
    def forward(self, x): self.m = x > 0; return x * self.m
    def backward(self, d): return d * self.m
class Linear:
    def __init__(self, i, o): self.W = rng.normal(0, np.sqrt(2 / i), (i, o)).astype(np.float32); self.b = np.zeros(o, np.float32)
    def forward(self, x): self.x = x; return x @ self.W + self.b
    def backward(self, d): self.dW = self.x.T @ d; self.db = d.sum(0); return d @ self.W.T
class Net:
    def __init__(self): self.layers = [Linear(6, 16), Relu(), Linear(16, 3)]
    def forward(self, x):
        for l in self.layers: x = l.forward(x)
        return x
    def loss(self, x, t):
        z = self.forward(x); z = z - z.max(1, keepdims=True); e = np.exp(z); self.p = e / e.sum(1, keepdims=True)
        return -np.log(self.p[np.arange(len(t)), t]).mean()
    def backward(self, t):
        d = self.p.copy(); d[np.arange(len(t)), t] -= 1; d /= len(t)
        for l in reversed(self.layers): d = l.backward(d)
    def step(self, lr=0.1):
        for l in self.layers:
            if isinstance(l, Linear): l.W = l.W - lr * l.dW; l.b = l.b - lr * l.db
net = Net(); x = rng.normal(size=(40, 6)).astype(np.float32); t = x[:, :3].argmax(1)
for epoch in range(200):
    cost = net.loss(x, t); net.backward(t); net.step()
    if epoch % 50 == 0: print(epoch, cost)
