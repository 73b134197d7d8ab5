import numpy as np
from numpy import tanh, dot, zeros
from numpy.random import randn


def new_network(d, h1, h2, k):
    return (randn(d, h1)/d**0.5, zeros((1, h1)),
            randn(h1, h2)/h1**0.5, zeros((1, h2)),
            randn(h2, k)/h2**0.5, zeros((1, k)))

def forward(X, W1, b1, W2, b2, W3, b3):
    A1 = tanh(dot(X, W1) + b1)
    A2 = tanh(dot(A1, W2) + b2)
    scores = dot(A2, W3) + b3
    expo = np.exp(scores - scores.max(axis=1, keepdims=True))
    return A1, A2, expo/expo.sum(axis=1, keepdims=True)

def xent(P, labels):
    return -np.log(P[np.arange(len(labels)), labels]).mean()

def backward(X, labels, A1, A2, P, W2, W3):
    # deltas carry the opposite sign: they point downhill
    D3 = -P
    D3[np.arange(len(labels)), labels] += 1
    D3 = D3/len(labels)
    D2 = dot(D3, W3.T)*(1 - A2)*(1 + A2)
    D1 = dot(D2, W2.T)*(1 - A1)*(1 + A1)
    return (dot(X.T, D1), D1.sum(axis=0, keepdims=True),
            dot(A1.T, D2), D2.sum(axis=0, keepdims=True),
            dot(A2.T, D3), D3.sum(axis=0, keepdims=True))

def one_epoch(X, labels, weights, rate):
    A1, A2, P = forward(X, *weights)
    steps = backward(X, labels, A1, A2, P, weights[2], weights[4])
    return tuple(w + rate*s for w, s in zip(weights, steps)), xent(P, labels)
