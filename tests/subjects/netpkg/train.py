"""python -m netpkg.train"""
import os
import sys

import numpy as np

if __package__ in (None, ""):
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from netpkg import Affine, Network, Tanh


def stripes(n, rng):
    x = rng.uniform(-1, 1, (n, 2))
    return x, np.floor((x[:, 0] + x[:, 1] + 2) * 1.5).astype(int) % 3


def main():
    rng = np.random.default_rng(5)
    x, labels = stripes(150, rng)
    net = Network([Affine(2, 16, rng), Tanh(), Affine(16, 3, rng)])
    for step in range(1500):
        loss = net.train_step(x, labels, 0.5)
        if step % 300 == 0:
            print("step", step, "loss", loss)
    accuracy = np.mean(net.forward(x).argmax(axis=1) == labels)
    print("accuracy", accuracy)
    return accuracy


if __name__ == "__main__":
    main()
