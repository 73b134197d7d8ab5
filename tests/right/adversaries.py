"""Two networks against each other; the generator is one line."""
import numpy as np
np.random.seed(0)
def sig(z): return 1/(1+np.exp(-z))
gw, gb = np.random.randn(1, 1), np.zeros(1)
d1, c1 = np.random.randn(1, 8)*.5, np.zeros(8)
d2, c2 = np.random.randn(8, 1)*.5, np.zeros(1)
lr = 0.05
for it in range(500):
    real = np.random.randn(16, 1)*.5 + 3
    z = np.random.randn(16, 1)
    fake = z @ gw + gb
    for x, y in ((real, 1.0), (fake, 0.0)):
        h = np.tanh(x @ d1 + c1); p = sig(h @ d2 + c2)
        e = (p - y) / len(x)
        gd2, gc2 = h.T @ e, e.sum(0)
        dh = (e @ d2.T) * (1 - h**2)
        gd1, gc1 = x.T @ dh, dh.sum(0)
        d2 -= lr*gd2; c2 -= lr*gc2; d1 -= lr*gd1; c1 -= lr*gc1
    h = np.tanh(fake @ d1 + c1); p = sig(h @ d2 + c2)
    e = (p - 1.0) / len(z)
    dx = ((e @ d2.T) * (1 - h**2)) @ d1.T
    gw -= lr * z.T @ dx
    gb -= lr * dx.sum(0)
print(gb)
