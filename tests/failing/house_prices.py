# house prices: area (sqm), rooms, age -> price in thousands
import numpy as np

def make(n, seed):
    r = np.random.default_rng(seed)
    area = r.uniform(30, 250, n)
    rooms = np.maximum(1, np.round(area / 25 + r.normal(0, 1, n)))
    age = r.uniform(0, 100, n)
    price = 1.8 * area + 12 * rooms - 0.6 * age + 40 + r.normal(0, 10, n)
    return np.column_stack([area, rooms, age]), price

Xtr, ytr = make(150, 0)
mu, sd = Xtr.mean(0), Xtr.std(0)
Xtr = (Xtr - mu) / sd
Xte, yte = make(50, 1)

class Net:
    def __init__(s, d, h):
        r = np.random.default_rng(5)
        s.p = dict(A=r.normal(0, np.sqrt(2 / d), (d, h)), a=np.zeros(h), B=r.normal(0, np.sqrt(1 / h), (h, 1)), b=np.zeros(1))
    def __call__(s, X):
        s.H = np.maximum(0, X @ s.p['A'] + s.p['a'])
        return s.H @ s.p['B'] + s.p['b']
    def grads(s, X, y):
        e = (s(X) - y) / len(X)
        g = {'B': s.H.T @ e, 'b': e.sum(0)}
        e = e @ s.p['B'].T * (s.H > 0)
        g['A'], g['a'] = X.T @ e, e.sum(0)
        return g

net = Net(3, 20)
for step in range(3000):
    g = net.grads(Xtr, ytr)
    for k in net.p:
        net.p[k] -= 0.01 * g[k]
    if step % 500 == 0:
        print(step, np.mean((net(Xtr) - ytr) ** 2), np.mean((net(Xte) - yte) ** 2))
