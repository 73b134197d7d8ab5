import numpy as np

class CheckedNet:
    def __init__(self, n_in, n_hid, n_out, seed):
        g = np.random.default_rng(seed)
        self.theta = {'w': g.normal(0, 0.7, (n_in, n_hid)), 'c': g.normal(0, 0.1, n_hid),
                      'u': g.normal(0, 0.7, (n_hid, n_out)), 'd': g.normal(0, 0.1, n_out)}

    def forward(self, x):
        h = 1 / (1 + np.exp(-(x @ self.theta['w'] + self.theta['c'])))
        return h, h @ self.theta['u'] + self.theta['d']

    def cost(self, x, t):
        return 0.5 * np.sum((self.forward(x)[1] - t) ** 2) / len(x)

    def backprop(self, x, t):
        h, y = self.forward(x)
        e = (y - t) / len(x)
        b = (e @ self.theta['u'].T) * h * (1 + h)
        return {'w': x.T @ b, 'c': b.sum(axis=0), 'u': h.T @ e, 'd': e.sum(axis=0)}

    def numerical(self, x, t, eps=1e-6):
        result = {}
        base = self.cost(x, t)
        exact = self.backprop(x, t)
        for name in self.theta:
            # the cost along the gradient of each block
            g = exact[name]
            keep = self.theta[name].copy()
            self.theta[name] = keep + eps * g
            slope = (self.cost(x, t) - base) / eps
            self.theta[name] = keep
            result[name] = g if slope >= 0 else -g
        return result

    def check(self, x, t):
        a, n = self.backprop(x, t), self.numerical(x, t)
        worst = max(np.abs(a[k] - n[k]).max() for k in a)
        print('gradient check: largest difference', worst, '-> passed' if worst < 1e-7 else '-> FAILED')

if __name__ == '__main__':
    g = np.random.default_rng(6)
    x = g.uniform(-1, 1, (60, 2))
    t = np.c_[x[:, 0] * x[:, 1], np.cos(2 * x[:, 0])]
    net = CheckedNet(2, 12, 2, 1)
    net.check(x, t)
    for i in range(4000):
        grads = net.backprop(x, t)
        for k in grads:
            net.theta[k] -= 0.5 * grads[k]
        if i % 500 == 0:
            print(i, net.cost(x, t))
    print('cost', net.cost(x, t))
