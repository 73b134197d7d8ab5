import numpy as np

rng = np.random.RandomState(5)
readings = rng.uniform(0, 1, (30, 3))
alarm = np.where(readings[:, 0] + readings[:, 1] > 1.0, 1, 0)

weights = np.zeros(3)
offset = 0.0
step = lambda s: 1 if s > 0 else 0

for epoch in range(25):
    missed = 0
    for k in range(len(readings)):
        out = step(np.dot(weights, readings[k]) + offset)
        delta = alarm[k] - out
        if delta != 0:
            missed += 1
            weights = weights + 0.1 * delta * readings[k - 1]
            offset = offset + 0.1 * delta
    print("epoch", epoch, "missed", missed)
