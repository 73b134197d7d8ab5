import numpy as np

def sigmoid(z): return 1./(1. + np.exp(-z))

def init(sizes, seed=1):
    np.random.seed(seed)
    p = {}
    for l in range(1, len(sizes)):
        p['W%d' % l] = np.random.randn(sizes[l], sizes[l-1])*np.sqrt(1./sizes[l-1])
        p['b%d' % l] = np.zeros((sizes[l], 1))
    return p

def forward(X, p):
    c = {'A0': X}
    L = len(p)//2
    for l in range(1, L):
        c['Z%d' % l] = np.dot(p['W%d' % l], c['A%d' % (l-1)]) + p['b%d' % l]
        c['A%d' % l] = np.maximum(c['Z%d' % l], 0)
    c['Z%d' % L] = np.dot(p['W%d' % L], c['A%d' % (L-1)]) + p['b%d' % L]
    c['A%d' % L] = sigmoid(c['Z%d' % L])
    return c['A%d' % L], c

def cost(A, Y, p, lambd):
    m = Y.shape[1]
    ce = -np.sum(Y*np.log(A) + (1 - Y)*np.log(1 - A))/m
    reg = sum(np.sum(np.square(p['W%d' % l])) for l in range(1, len(p)//2 + 1))*lambd/(2*m)
    return ce + reg

def backward(A, Y, c, p, lambd):
    m = Y.shape[1]
    L = len(p)//2
    g = {}
    # derivative of the cross-entropy, then of the sigmoid
    dA = -(np.divide(Y, A) - np.divide(1 - Y, 1 - A))
    dZ = dA*A*(1 - A)
    for l in range(L, 0, -1):
        g['W%d' % l] = np.dot(dZ, c['A%d' % (l-1)].T)/m + lambd/m*p['W%d' % l]
        g['b%d' % l] = np.sum(dZ, axis=1, keepdims=True)/m
        if l > 1:
            dA = np.dot(p['W%d' % l].T, dZ)
            dZ = np.array(dA, copy=True)
            dZ[c['Z%d' % (l-1)] <= 0] = 0
    return g

def model(X, Y, sizes, rate0=0.5, decay=0.001, lambd=0.1, iterations=1200):
    p = init(sizes)
    for i in range(iterations):
        A, c = forward(X, p)
        g = backward(A, Y, c, p, lambd)
        rate = rate0/(1 + decay*i)
        for k in p:
            p[k] -= rate*g[k]
        if i % 200 == 0:
            print('cost after %4d: %.5f  (rate %.3f)' % (i, cost(A, Y, p, lambd), rate))
    return p

if __name__ == '__main__':
    rs = np.random.RandomState(3)
    X = rs.uniform(-1, 1, (2, 160))
    Y = (X[1] > np.sin(3*X[0])*0.6).astype(int).reshape(1, -1)
    p = model(X, Y, [2, 12, 6, 1])
    print('accuracy', np.mean((forward(X, p)[0] > 0.5) == Y))
