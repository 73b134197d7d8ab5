import numpy as np


def affine_forward(x, w, b):
    """x is (N, d1, ..., dk), w is (D, M), b is (M,)"""
    out = x.reshape(len(x), -1).dot(w) + b
    return out, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    rows = x.reshape(len(x), -1)
    dx = dout.dot(w.T).reshape(x.shape)
    dw = rows.T.dot(dout)
    db = dout.sum(axis=0)
    return dx, dw, db


def relu_forward(x):
    mask = x > 0
    return x * mask, mask


def relu_backward(dout, mask):
    return dout * mask


def dropout_forward(x, keep, seed):
    mask = (np.random.RandomState(seed).rand(*x.shape) < keep) / keep
    return x * mask, mask


def dropout_backward(dout, mask):
    return mask * dout


def svm_loss(scores, y):
    N = len(y)
    correct = scores[np.arange(N), y][:, np.newaxis]
    margins = np.maximum(0, scores - correct + 1.0)
    margins[np.arange(N), y] = 0
    loss = margins.sum() / N
    d = (margins > 0).astype(float)
    d[np.arange(N), y] = -d.sum(axis=1)
    return loss, d / N


def softmax_loss(scores, y):
    N = len(y)
    z = scores - scores.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    d = np.exp(logp)
    d[np.arange(N), y] -= 1
    return -logp[np.arange(N), y].sum() / N, d / N


def affine_relu_forward(x, w, b):
    a, fc_cache = affine_forward(x, w, b)
    out, mask = relu_forward(a)
    return out, (fc_cache, mask)


def affine_relu_backward(dout, cache):
    fc_cache, mask = cache
    return affine_backward(relu_backward(dout, mask), fc_cache)
