import numpy as np

np.random.seed(0)

def initialize_parameters(n_in, n_hidden, n_out):
    W1 = np.zeros((n_hidden, n_in))
    b1 = np.zeros((n_hidden, 1))
    W2 = np.zeros((n_out, n_hidden))
    b2 = np.zeros((n_out, 1))
    return {'W1': W1, 'b1': b1, 'W2': W2, 'b2': b2}


def forward_propagation(X, p):
    A1 = np.tanh(p['W1'] @ X + p['b1'])
    A2 = 1/(1 + np.exp(-(p['W2'] @ A1 + p['b2'])))
    return A1, A2


def compute_cost(A2, Y):
    return -np.mean(Y*np.log(A2) + (1 - Y)*np.log(1 - A2))


def backward_propagation(X, Y, A1, A2, p):
    m = X.shape[1]
    dZ2 = (A2 - Y)/m
    dZ1 = (p['W2'].T @ dZ2)*(1 - A1*A1)
    return {'W1': dZ1 @ X.T, 'b1': dZ1.sum(axis=1, keepdims=True),
            'W2': dZ2 @ A1.T, 'b2': dZ2.sum(axis=1, keepdims=True)}


def train(X, Y, n_hidden, lr, n_iter):
    p = initialize_parameters(X.shape[0], n_hidden, Y.shape[0])
    for it in range(n_iter):
        A1, A2 = forward_propagation(X, p)
        g = backward_propagation(X, Y, A1, A2, p)
        for name in p:
            p[name] -= lr*g[name]
        if it % 400 == 0:
            print('cost after', it, ':', compute_cost(A2, Y))
    return p


X = np.random.uniform(-1, 1, (2, 120))
Y = (X[0]*X[1] > 0).astype(float).reshape(1, -1)     # same sign or not
p = train(X, Y, 6, 1.0, 2000)
A1, A2 = forward_propagation(X, p)
print('accuracy', ((A2 > 0.5) == Y).mean())
