"""usage: timed_run.py [--hidden N] [--rate R] [--epochs E] [--quiet]"""
import argparse
import sys
import time

import numpy as np


class Model(object):
    def __init__(self, n_hidden, rng):
        self.params = [rng.randn(3, n_hidden), np.zeros(n_hidden), rng.randn(n_hidden, 1) / n_hidden ** 0.5, np.zeros(1)]

    def forward(self, x):
        w, b, v, c = self.params
        self.pre = np.dot(x, w) + b
        self.hid = np.where(self.pre > 0, self.pre, 0.01 * self.pre)
        return np.dot(self.hid, v) + c

    def backward(self, x, dy):
        w, b, v, c = self.params
        dpre = np.dot(dy, v.T) * np.where(self.pre > 0, 1.0, 0.01)
        return [np.dot(x.T, dpre), dpre.sum(axis=0), np.dot(self.hid.T, dy), dy.sum(axis=0)]


def parse(argv):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hidden", type=int, default=12)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--epochs", type=int, default=800)
    parser.add_argument("--quiet", action="store_true")
    return parser.parse_args(argv)


def main(argv):
    options = parse(argv)
    rng = np.random.RandomState(1)
    x = rng.uniform(-1, 1, (100, 3))
    y = (np.abs(x[:, 0]) + x[:, 1] * x[:, 2])[:, None]
    model = Model(options.hidden, rng)
    begin = time.clock()
    for epoch in range(options.epochs):
        diff = model.forward(x) - y
        loss = np.mean(diff ** 2)
        grads = model.backward(x, 2 * diff / len(x))
        model.params = [p - options.rate * g for p, g in zip(model.params, grads)]
        if not options.quiet and epoch % 100 == 0:
            print("%5d %.5f" % (epoch, loss))
    print("loss %.5f after %.2f s" % (loss, time.clock() - begin))
    return loss


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) < 0.1 else 1)
