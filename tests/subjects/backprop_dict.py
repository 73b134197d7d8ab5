"""Multi layer perceptron with plain functions; net is a dictionary."""
import numpy as np

def make_net(sizes, rng):
    net = {'L': len(sizes) - 1}
    for l in range(1, len(sizes)):
        net['W%d' % l] = rng.normal(0.0, sizes[l-1]**-0.5, (sizes[l], sizes[l-1]))
        net['b%d' % l] = np.zeros((sizes[l], 1))
    return net

def sigma(z):
    return 1.0/(1.0 + np.exp(-z))

def propagate(net, X):
    acts = {0: X}
    for l in range(1, net['L'] + 1):
        acts[l] = sigma(net['W%d' % l].dot(acts[l-1]) + net['b%d' % l])
    return acts

def error(net, X, T):
    return 0.5*np.sum((propagate(net, X)[net['L']] - T)**2)/X.shape[1]

def backpropagate(net, X, T):
    N = X.shape[1]
    L = net['L']
    acts = propagate(net, X)
    grad = {}
    for l in range(L, 0, -1):
        slope = acts[l]*(1 - acts[l])
        if l == L:
            d = (acts[L] - T)*slope
        else:
            d = net['W%d' % l].T.dot(d)*slope
        grad['W%d' % l] = d.dot(acts[l-1].T)/N
        grad['b%d' % l] = d.mean(axis=1, keepdims=True)
    return grad

def descend(net, X, T, eta, steps):
    history = []
    for _ in range(steps):
        grad = backpropagate(net, X, T)
        for k in grad:
            net[k] -= eta*grad[k]
        history.append(error(net, X, T))
    return history
