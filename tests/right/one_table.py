import numpy as np
import random

random.seed(0); np.random.seed(0)

raw = np.array([[random.gauss(m, 1) for m in (170, 65)] + [0] for _ in range(40)] + [[random.gauss(m, 1) for m in (176, 78)] + [1] for _ in range(40)])
np.random.shuffle(raw)
features = (raw[:, :2] - raw[:, :2].mean(axis=0)) / raw[:, :2].std(axis=0)
labels = raw[:, 2:]


V = 0.5 * np.random.randn(5, 1); U = 0.5 * np.random.randn(2, 5); b1 = np.zeros((1, 5)); b2 = 0.0
for i in range(2000):
    hid = np.tanh(features.dot(U) + b1)
    prob = 1 / (1 + np.exp(-(hid.dot(V) + b2)))
    gout = (prob - labels) / 80
    ghid = gout.dot(V.T) * (1 - hid * hid)
    V -= 0.1 * hid.T.dot(gout); b2 -= 0.1 * gout.sum()
    U -= 0.1 * features.T.dot(ghid); b1 -= 0.1 * ghid.sum(axis=0)
print('accuracy', ((prob > .5) == labels).mean())
