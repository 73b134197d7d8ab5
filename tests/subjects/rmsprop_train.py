import numpy as np

def sigmoid(z):
    return 1/(1+np.exp(-z))

def create(nx, nh, ny):
    rs = np.random.RandomState(5)
    return dict(W1=rs.randn(nh, nx), b1=np.zeros((nh, 1)), W2=rs.randn(ny, nh), b2=np.zeros((ny, 1)))

def fprop(P, X):
    A1 = sigmoid(P['W1'].dot(X)+P['b1'])
    A2 = sigmoid(P['W2'].dot(A1)+P['b2'])
    return A1, A2

def bprop(P, X, Y):
    A1, A2 = fprop(P, X)
    m = X.shape[1]
    dZ2 = A2-Y
    dZ1 = P['W2'].T.dot(dZ2)*A1*(1-A1)
    return dict(W1=dZ1.dot(X.T)/m, b1=dZ1.mean(axis=1, keepdims=True),
                W2=dZ2.dot(A1.T)/m, b2=dZ2.mean(axis=1, keepdims=True))

def J(P, X, Y):
    A2 = fprop(P, X)[1]
    return -(Y*np.log(A2)+(1-Y)*np.log(1-A2)).sum()/X.shape[1]

def rmsprop(P, X, Y, alpha=0.02, rho=0.9, num=500):
    cache = {k: np.zeros_like(v) for k, v in P.items()}
    for i in range(num):
        grads = bprop(P, X, Y)
        for k in P:
            cache[k] = rho*cache[k]+(1-rho)*grads[k]**2
            P[k] = P[k]-alpha*grads[k]/(cache[k]+1e-8)
        if i % 100 == 0:
            print(i, J(P, X, Y))
    return P

if __name__ == '__main__':
    rs = np.random.RandomState(0)
    X = rs.randn(3, 90)
    Y = (X[0]+X[1]*X[2] > 0).astype(float)[None, :]
    P = rmsprop(create(3, 8, 1), X, Y)
    print('cost', J(P, X, Y), 'acc', ((fprop(P, X)[1] > .5) == Y).mean())
