import math


def logistic_unit(s):
    return 1.0 / (1.0 + math.exp(-s))


def go_forward(x1, x2, w1, w2, w3, w4, w5, w6, b1, b2, b3):
    """Two inputs, two hidden units, one output, every weight a number of its own."""
    h1 = logistic_unit(w1 * x1 + w2 * x2 + b1)
    h2 = logistic_unit(w3 * x1 + w4 * x2 + b2)
    o = logistic_unit(w5 * h1 + w6 * h2 + b3)
    return h1, h2, o


def go_back(x1, x2, y1, h1, h2, o, w5, w6):
    s = (o - y1) * o * (1 - o)
    d_w5, d_w6, d_b3 = s * h1, s * h2, s
    s1 = s * w5 * h1 * (1 - h1)
    s2 = s * w6 * h2 * (1 - h2)
    d_w1, d_w2, d_b1 = s1 * x1, s1 * x2, s1
    d_w3, d_w4, d_b2 = s2 * x1, s2 * x2, s2
    return d_w1, d_w2, d_w3, d_w4, d_w5, d_w6, d_b1, d_b2, d_b3
