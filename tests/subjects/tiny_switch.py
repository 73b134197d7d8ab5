import random

random.seed(2)
a = random.random()
b = random.random()
c = random.random()
lr = 0.1
inputs = [(0, 0), (0, 1), (1, 0), (1, 1)]
wanted = [0, 0, 0, 1]

for epoch in range(40):
    for (x, y), t in zip(inputs, wanted):
        s = a * x + b * y + c
        if s >= 0.5:
            out = 1
        else:
            out = 0
        err = t - out
        a += lr * err * x
        b += lr * err * x
        c += lr * err

for x, y in inputs:
    print(x, y, 1 if a * x + b * y + c >= 0.5 else 0)
