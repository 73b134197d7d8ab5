# -*- coding: utf-8 -*-
import numpy as np

class Module(object):
    def fprop(self, x): pass
    def bprop(self, dy): pass
    def update(self, eta): pass

class LinearModule(Module):
    def __init__(self, n, m):
        self.W = np.random.uniform(-1, 1, (m, n)) / np.sqrt(n)
        self.b = np.zeros((m, 1))
    def fprop(self, x):
        self.x = x
        return self.W.dot(x) + self.b
    def bprop(self, dy):
        self.dW = dy.dot(self.x.T)
        self.db = dy
        return self.W.T.dot(dy)
    def update(self, eta):
        self.W -= eta * self.dW
        self.b -= eta * self.db

class SigmoidModule(Module):
    def fprop(self, x):
        self.s = 1. / (1. + np.exp(-x))
        return self.s
    def bprop(self, dy):
        return dy * self.s * (1. - self.s)

class SoftplusModule(Module):
    def fprop(self, x):
        self.x = x
        return np.log(1. + np.exp(x))
    def bprop(self, dy):
        return dy / (1. + np.exp(-self.x))

class SquaredError(object):
    def fprop(self, y, t):
        self.d = y - t
        return .5 * float(np.sum(self.d ** 2))
    def bprop(self):
        return self.d

class Sequential(object):
    def __init__(self, modules):
        self.modules = modules
    def fprop(self, x):
        for m in self.modules: x = m.fprop(x)
        return x
    def bprop(self, dy):
        for m in reversed(self.modules): dy = m.bprop(dy)
    def update(self, eta):
        for m in self.modules: m.update(eta)

if __name__ == '__main__':
    np.random.seed(22)
    net = Sequential([LinearModule(2, 8), SoftplusModule(), LinearModule(8, 4), SigmoidModule(), LinearModule(4, 1)])
    crit = SquaredError()
    points = np.random.uniform(-1, 1, (50, 2, 1))
    for sweep in range(120):
        total = 0.
        for x in points:
            t = np.array([[x[0, 0] ** 2 - x[1, 0]]])
            total += crit.fprop(net.fprop(x), t)
            net.bprop(crit.bprop())
            net.update(0.1)
        if sweep % 20 == 0:
            print('sweep %3d  E = %.4f' % (sweep, total))
    print('E = %.4f' % total)
