import numpy as np

def rnn_step_forward(x, prev_h, Wx, Wh, b):
    a = prev_h @ Wh + x @ Wx + b
    next_h = np.tanh(a)
    cache = x, prev_h, Wx, Wh, next_h
    return next_h, cache

def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    da = dnext_h * (1 - next_h * next_h)
    dx = da @ Wx.T
    dprev_h = da @ Wh.T
    dWx = x.T @ da
    dWh = prev_h.T @ da
    db = np.sum(da, axis=0)
    return dx, dprev_h, dWx, dWh, db

def rnn_forward(x, h0, Wx, Wh, b):
    N, T, D = x.shape
    H = h0.shape[1]
    h = np.zeros((N, T, H))
    caches = []
    prev = h0
    for t in range(T):
        prev, cache = rnn_step_forward(x[:, t, :], prev, Wx, Wh, b)
        h[:, t, :] = prev
        caches.append(cache)
    return h, caches

def rnn_backward(dh, caches):
    N, T, H = dh.shape
    x, h0, Wx, Wh, _ = caches[0]
    D = x.shape[1]
    dx = np.zeros((N, T, D))
    dWx, dWh, db = np.zeros((D, H)), np.zeros((H, H)), np.zeros(H)
    dprev = np.zeros((N, H))
    for t in range(T - 1, -1, -1):
        dx[:, t, :], dprev, a, b_, c = rnn_step_backward(dh[:, t, :] + dprev, caches[t])
        dWx += a
        dWh += b_
        db += c
    return dx, dprev, dWx, dWh, db

def word_embedding_forward(x, W):
    """
    x: integer array of shape (N, T) with indices of words
    W: weights of shape (V, D)
    """
    return W[x], (x, W.shape)

def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape)
    np.add.at(dW, x, dout)
    return dW
