import numpy as np

def conv_forward(x, w, b, pad=1, stride=1):
    N, C, H, W = x.shape
    F, _, HH, WW = w.shape
    xp = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    Ho = 1 + (H + 2*pad - HH)//stride
    Wo = 1 + (W + 2*pad - WW)//stride
    out = np.zeros((N, F, Ho, Wo))
    for i in range(Ho):
        for j in range(Wo):
            patch = xp[:, :, i*stride:i*stride+HH, j*stride:j*stride+WW]
            for f in range(F):
                out[:, f, i, j] = np.sum(patch*w[f], axis=(1, 2, 3)) + b[f]
    return out, (x, xp, w, pad, stride)

def conv_backward(dout, cache):
    x, xp, w, pad, stride = cache
    F, _, HH, WW = w.shape
    dw, dxp = np.zeros_like(w), np.zeros_like(xp)
    db = dout.sum(axis=(0, 2, 3))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            sl = (slice(None), slice(None), slice(i*stride, i*stride+HH), slice(j*stride, j*stride+WW))
            for f in range(F):
                d = dout[:, f, i, j][:, None, None, None]
                dw[f] += np.sum(xp[sl]*d, axis=0)
                dxp[sl] += w[f]*d
    dx = dxp[:, :, pad:-pad, pad:-pad] if pad else dxp
    return dx, dw, db

def pool_forward(x):
    N, C, H, W = x.shape
    r = x.reshape(N, C, H//2, 2, W//2, 2)
    out = r.max(axis=(3, 5))
    return out, r == out[:, :, :, None, :, None]

def pool_backward(dout, mask):
    d = mask*dout[:, :, :, None, :, None]
    N, C, h, _, w, _ = d.shape
    return d.reshape(N, C, 2*h, 2*w)

def network(x, y, p):
    a, c1 = conv_forward(x, p['wc'], p['bc'])
    h = np.tanh(a)
    q, c2 = pool_forward(h)
    flat = q.reshape(len(x), -1)
    s = flat @ p['wf'] + p['bf']
    e = np.exp(s - s.max(axis=1, keepdims=True))
    prob = e/e.sum(axis=1, keepdims=True)
    loss = -np.mean(np.log(prob[np.arange(len(y)), y]))
    ds = prob.copy()
    ds[np.arange(len(y)), y] -= 1
    ds /= len(y)
    g = {'wf': flat.T @ ds, 'bf': ds.sum(axis=0)}
    dh = pool_backward((ds @ p['wf'].T).reshape(q.shape), c2)
    _, g['wc'], g['bc'] = conv_backward(dh*(1 - h**2), c1)
    return loss, prob, g

if __name__ == '__main__':
    rng = np.random.RandomState(30)
    y = np.arange(24) % 2
    x = 0.1*rng.randn(24, 1, 6, 6)
    for k in range(24):
        where = rng.randint(0, 6)
        if y[k]:
            x[k, 0, where, :] += 1
        else:
            x[k, 0, :, where] += 1
    p = {'wc': rng.randn(3, 1, 3, 3)*0.3, 'bc': np.zeros(3), 'wf': rng.randn(27, 2)*0.2, 'bf': np.zeros(2)}
    for it in range(120):
        loss, prob, g = network(x, y, p)
        for k in p:
            p[k] -= 0.5*g[k]
        if it % 20 == 0: print(it, loss)
    print('accuracy', np.mean(prob.argmax(axis=1) == y))
