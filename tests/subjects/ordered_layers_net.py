import numpy as np
from collections import OrderedDict


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    flat, out = x.reshape(-1), grad.reshape(-1)
    for k in range(flat.size):
        value = flat[k]
        costs = []
        for shifted in (value + h, value - h):
            flat[k] = shifted
            costs.append(f())
        flat[k] = value
        out[k] = (costs[0] - costs[1]) / (2 * h)
    return grad


class Sigmoid:
    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
        return np.dot(dout, self.W.T)


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        self.y = e / np.sum(e, axis=1, keepdims=True)
        return -np.sum(t * np.log(self.y + 1e-7)) / len(t)

    def backward(self, dout=1):
        return dout * (self.y - self.t) / len(self.t)


class TwoLayerNet:
    def __init__(self, n_in, n_hid, n_out):
        rng = np.random.RandomState(1)
        self.params = {'W1': rng.randn(n_in, n_hid) * 0.5, 'b1': np.zeros(n_hid),
                       'W2': rng.randn(n_hid, n_out) * 0.5, 'b2': np.zeros(n_out)}
        self.layers = OrderedDict()
        self.layers['Affine1'] = Affine(self.params['W1'], self.params['b1'])
        self.layers['Sigmoid1'] = Sigmoid()
        self.layers['Affine2'] = Affine(self.params['W2'], self.params['b2'])
        self.last = SoftmaxWithLoss()

    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.last.forward(self.predict(x), t)

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.last.backward()
        for layer in reversed(list(self.layers.values())):
            dout = layer.backward(dout)
        a1, a2 = self.layers['Affine1'], self.layers['Affine2']
        return {'W1': a1.dW, 'b1': a1.db, 'W2': a2.dW, 'b2': a2.db}


if __name__ == '__main__':
    rng = np.random.RandomState(0)
    kind = np.arange(60) % 3
    x = np.array([[0, 0, 2], [2, 0, 0], [0, 2, 0]])[kind] + rng.randn(60, 3) * 0.6
    t = np.eye(3)[kind]
    net = TwoLayerNet(3, 6, 3)
    back = net.gradient(x, t)
    for key in net.params:
        num = numerical_gradient(lambda: net.loss(x, t), net.params[key])
        print(key, np.abs(num - back[key]).mean())
    for i in range(500):
        pick = rng.choice(60, 20)
        grads = net.gradient(x[pick], t[pick])
        for key in grads:
            net.params[key] -= 0.5 * grads[key]
    print('loss', net.loss(x, t), 'accuracy', np.mean(net.predict(x).argmax(axis=1) == kind))
