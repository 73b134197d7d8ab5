import numpy as np

# helper functions: ws and bs are lists, examples lie in rows

def make(shape, seed):
    r = np.random.RandomState(seed)
    ws = [r.randn(i, o)/np.sqrt(i) for i, o in zip(shape[:-1], shape[1:])]
    bs = [r.randn(o)*0.1 for o in shape[1:]]
    return ws, bs

def forward(ws, bs, x):
    acts = [x]
    for w, b in zip(ws, bs):
        acts.append(1/(1 + np.exp(-(np.dot(acts[-1], w) + b))))
    return acts

def backward(ws, acts, y):
    n = y.shape[0]
    d = (acts[-1] - y)*acts[-1]*(1 - acts[-1])/n
    gws, gbs = [], []
    for k in range(len(ws) - 1, -1, -1):
        gws.append(np.dot(acts[k].T, d))
        gbs.append(d.sum(axis=0))
        if k > 0:
            # error of unit j: from all units it feeds
            err = np.stack([np.mean(d*ws[k][j], axis=1) for j in range(ws[k].shape[0])], axis=1)
            d = err*acts[k]*(1 - acts[k])
    return gws[::-1], gbs[::-1]

def loss(ws, bs, x, y):
    return 0.5*np.sum((forward(ws, bs, x)[-1] - y)**2)/len(x)

def step(ws, bs, x, y, lr):
    gws, gbs = backward(ws, forward(ws, bs, x), y)
    for w, g in zip(ws, gws):
        w -= lr*g
    for b, g in zip(bs, gbs):
        b -= lr*g
    return loss(ws, bs, x, y)
