"""
Small feed-forward net that tells horizontal from vertical bars on a 4x4 screen.

Everything is a column vector; an example is a pair (x, y).
"""
import random

import numpy as np


class Network(object):

    def __init__(self, layers):
        self.n_layers = len(layers)
        self.layers = layers
        self.bs = [np.random.randn(n, 1) for n in layers[1:]]
        self.ws = [np.random.randn(n, m) / np.sqrt(m)
                   for m, n in zip(layers[:-1], layers[1:])]

    def feedforward(self, a):
        for w, b in zip(self.ws, self.bs):
            a = squash(np.dot(w, a) + b)
        return a

    def sgd(self, data, epochs, batch, eta):
        for ep in range(epochs):
            random.shuffle(data)
            for k in range(0, len(data), batch):
                self.learn_batch(data[k:k + batch], eta)
            if ep % 10 == 0:
                print("epoch", ep, "cost", self.cost(data))

    def learn_batch(self, batch, eta):
        sum_b = [np.zeros(b.shape) for b in self.bs]
        sum_w = [np.zeros(w.shape) for w in self.ws]
        for x, y in batch:
            gb, gw = self.backprop(x, y)
            sum_b = [s + g for s, g in zip(sum_b, gb)]
            sum_w = [s + g for s, g in zip(sum_w, gw)]
        self.ws = [w - eta / len(batch) * s for w, s in zip(self.ws, sum_w)]
        self.bs = [b - eta / len(batch) * s for b, s in zip(self.bs, sum_b)]

    def backprop(self, x, y):
        gb = [None] * len(self.bs)
        gw = [None] * len(self.ws)
        acts = [x]
        zs = []
        for w, b in zip(self.ws, self.bs):
            zs.append(np.dot(w, acts[-1]) + b)
            acts.append(squash(zs[-1]))
        d = (acts[-1] - y) * squash_slope(zs[-1])
        gb[-1] = d
        gw[-1] = np.dot(d, acts[-2].T)
        for l in range(2, self.n_layers):
            d = np.dot(self.ws[-l + 1].T, d) * squash_slope(zs[-l])
            gb[-l] = d
            gw[-l] = np.dot(d, acts[-l - 1].T)
        return gb, gw

    def cost(self, data):
        return sum(0.5 * np.sum((self.feedforward(x) - y) ** 2) for x, y in data) / len(data)


def squash(z):
    return 1.0 / (1.0 + np.exp(-z))


def squash_slope(z):
    return squash(z) * (1 - squash(z))


def make_bars():
    pairs = []
    for k in range(4):
        for way in (0, 1):
            screen = np.zeros((4, 4))
            if way == 0:
                screen[k, :] = 1
            else:
                screen[:, k] = 1
            target = np.zeros((2, 1))
            target[way] = 1
            pairs.append((screen.reshape(16, 1), target))
    return pairs


if __name__ == '__main__':
    random.seed(3)
    np.random.seed(3)
    bars = make_bars()
    net = Network([16, 7, 2])
    net.sgd(bars, epochs=500, batch=3, eta=2.0)
    right = sum(int(np.argmax(net.feedforward(x)) == np.argmax(y)) for x, y in bars)
    print("right:", right, "of", len(bars))
