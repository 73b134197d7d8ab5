import math
import random

RATE = 0.2
minutes = [0.1, 0.3, 0.4, 0.6, 0.8, 0.9]
done = [0, 0, 1, 1, 1, 1]

w1 = 0.4
w2 = -0.3
b1 = 0
b2 = 0


def sig(v):
    return 1 / (1 + math.exp(-v))


def through(t, w1, w2, b1, b2):
    h = sig(w1 * t + b1)
    out = sig(w2 * h + b2)
    return h, out


def learn_one(minutes, done, w1, w2, b1, b2):
    i = random.randint(0, len(minutes) - 1)
    t, goal = minutes[i], done[i]
    h, out = through(t, w1, w2, b1, b2)
    g2 = 2 * (out - goal) * out * (1 - out)
    g1 = g2 * w2 * h * (1 - h)
    delta_w2 = g2 * w2 * RATE
    delta_w1 = g1 * t * RATE
    delta_b2 = g2 * RATE
    delta_b1 = g1 * RATE
    return delta_w1, delta_w2, delta_b1, delta_b2
