import numpy as np

class Net:
    def __init__(self, I, H, O):
        r = np.random.RandomState(6)
        self.p = {'U': r.randn(I, H)/np.sqrt(I), 'u': r.randn(H)*.1, 'V': r.randn(H, O)/np.sqrt(H), 'v': r.randn(O)*.1}

    def out(self, x):
        self.x = x
        self.h = np.tanh(x @ self.p['U'] + self.p['u'])
        return self.h @ self.p['V'] + self.p['v']

    def cost(self, x, t):
        return ((self.out(x) - t)**2).sum()/(2*len(x))

    def grads(self, x, t):
        e = (self.out(x) - t)/len(x)
        b = e @ self.p['V'].T*(1 - self.h**2)
        return {'U': x.T @ b, 'u': b.sum(0), 'V': self.h.T @ e, 'v': e.sum(0)}

def next_batch(x, t, size, rng):
    i = rng.choice(len(x), size, replace=False)
    return x[i], t[i]

def check(net, x, t, rng, h=1e-5):
    xb, tb = next_batch(x, t, 8, rng)
    g = net.grads(xb, tb)
    xb, tb = next_batch(x, t, 8, rng)
    for name, value in net.p.items():
        n = np.zeros_like(value)
        for i in np.ndindex(value.shape):
            w = value[i]
            value[i] = w + h
            plus = net.cost(xb, tb)
            value[i] = w - h
            minus = net.cost(xb, tb)
            value[i] = w
            n[i] = (plus - minus)/(2*h)
        rel = np.linalg.norm(n - g[name])/(np.linalg.norm(n) + np.linalg.norm(g[name]))
        print('gradient check %s: relative error %.2e' % (name, rel))
    return rel

if __name__ == '__main__':
    rng = np.random.RandomState(9)
    x = rng.uniform(-1, 1, (64, 3))
    t = np.stack([x[:, 0]*x[:, 1], x[:, 2]**2], axis=1)
    net = Net(3, 10, 2)
    rel = check(net, x, t, rng)
    for step in range(3000):
        xb, tb = next_batch(x, t, 16, rng)
        g = net.grads(xb, tb)
        for name in g:
            net.p[name] -= 0.2*g[name]
        if step % 500 == 0:
            print(step, net.cost(x, t))
    print('final', net.cost(x, t))
