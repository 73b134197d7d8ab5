import numpy as np

# Everything lives in ONE parameter vector p = [hidden weights, output weights], 4 inputs, 4 hidden, 4 outputs

n = 4

def split(p):
    return p[:n*n].reshape(n, n), p[n*n:].reshape(n, n)

def predict(p, X):
    A, B = split(p)
    return np.tanh(np.tanh(X.dot(A)).dot(B))

def E(p, X, T):
    return 0.5*np.sum((predict(p, X) - T)**2)

def dE(p, X, T):
    A, B = split(p)
    h = np.tanh(X.dot(A))
    y = np.tanh(h.dot(B))
    dy = (y - T)*(1 - y**2)
    gB = h.T.dot(dy)
    gA = X.T.dot(dy.dot(B.T)*(1 - h**2))
    return np.hstack([gB.flatten(), gA.flatten()])

def descent(p, X, T, step, n_steps):
    for k in range(n_steps):
        p = p - step*dE(p, X, T)
        if k % 100 == 0: print(k, E(p, X, T))
    return p

rng = np.random.RandomState(77)
X = rng.choice([-1.0, 1.0], (30, n))
T = 0.8*X[:, [2, 0, 3, 1]]*np.array([1, -1, 1, -1])
p = descent(rng.randn(2*n*n)*0.4, X, T, 0.02, 600)
print('error per case', E(p, X, T)/len(X))
