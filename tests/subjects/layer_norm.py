import numpy as np


def layer_norm_fwd(x, g, b, eps=1e-5):
    mean = x.mean(-1, keepdims=True)
    rstd = 1 / np.sqrt(((x - mean) ** 2).mean(-1, keepdims=True) + eps)
    norm = (x - mean) * rstd
    return norm * g + b, (norm, rstd, g)


def layer_norm_bwd(dy, cache):
    norm, rstd, g = cache
    dg = (dy * norm).reshape(-1, len(g)).sum(0)
    db = dy.reshape(-1, len(g)).sum(0)
    dn = dy * g
    dx = rstd * (dn - dn.mean(-1, keepdims=True) - norm * (dn * norm).mean(-1, keepdims=True))
    return dx, dg, db


def gelu_fwd(x):
    t = np.tanh(0.7978845608 * (x + 0.044715 * x ** 3))
    return 0.5 * x * (1 + t), (x, t)


def gelu_bwd(dy, cache):
    x, t = cache
    return dy * (0.5 * (1 + t) + 0.5 * x * (1 - t ** 2) * 0.7978845608 * (1 + 3 * 0.044715 * x ** 2))


def block_fwd(x, p):
    n, c1 = layer_norm_fwd(x, p["g"], p["b"])
    u = n @ p["w_up"] + p["b_up"]
    h, c2 = gelu_fwd(u)
    return x + h @ p["w_down"] + p["b_down"], (n, h, c1, c2)


def block_bwd(dy, cache, p):
    n, h, c1, c2 = cache
    grads = {"w_down": h.T @ dy, "b_down": dy.sum(0)}
    du = gelu_bwd(dy @ p["w_down"].T, c2)
    grads["w_up"], grads["b_up"] = n.T @ du, du.sum(0)
    dx, grads["g"], grads["b"] = layer_norm_bwd(du @ p["w_up"].T, c1)
    return dx + dy, grads
