import math


def squash(s):
    return 1.0 / (1.0 + math.exp(-s))


def answer(x1, x2, w1, w2, w3, w4, w5, w6):
    h1 = squash(w1 * x1 + w2 * x2)
    h2 = squash(w3 * x1 + w4 * x2)
    o = squash(w5 * h1 + w6 * h2)
    return h1, h2, o


def blame(x1, x2, y1, h1, h2, o, w5, w6):
    s = (o - y1) * o * (1 - o)
    d_w5 = s * h1
    d_w6 = s * h2
    s1 = s * w6 * h1 * (1 - h1)
    s2 = s * w5 * h2 * (1 - h2)
    d_w1 = s1 * x1
    d_w2 = s1 * x2
    d_w3 = s2 * x1
    d_w4 = s2 * x2
    return d_w1, d_w2, d_w3, d_w4, d_w5, d_w6
