import numpy as np

# building blocks for assignment 2

def fc_forward(X, W, b):
    Z = np.dot(X, W) + b
    cache = (X, W, b)
    return Z, cache

def fc_backward(dZ, cache):
    X, W, b = cache
    dW = np.dot(X.T, dZ)
    db = np.sum(dZ, axis=1)
    dX = np.dot(dZ, W.T)
    return dX, dW, db

def sigmoid_forward(Z):
    A = 1/(1 + np.exp(-Z))
    return A, A

def sigmoid_backward(dA, cache):
    A = cache
    return dA*A*(1 - A)

def mse_forward(P, T):
    diff = P - T
    return np.sum(diff**2)/(2*diff.shape[0]), diff

def mse_backward(cache):
    diff = cache
    return diff/diff.shape[0]

def network_loss(X, T, params):
    Z1, c1 = fc_forward(X, params['W1'], params['b1'])
    A1, c2 = sigmoid_forward(Z1)
    Z2, c3 = fc_forward(A1, params['W2'], params['b2'])
    loss, c4 = mse_forward(Z2, T)
    dZ2 = mse_backward(c4)
    grads = {}
    dA1, grads['W2'], grads['b2'] = fc_backward(dZ2, c3)
    dZ1 = sigmoid_backward(dA1, c2)
    _, grads['W1'], grads['b1'] = fc_backward(dZ1, c1)
    return loss, grads
