"""Sparse autoencoder: squared error + weight decay + Kullback-Leibler sparsity penalty."""
import numpy as np


def logistic(x):
    return 1 / (1 + np.exp(-x))


def start(visible, hidden, seed=0):
    gen = np.random.RandomState(seed)
    weights = gen.uniform(-0.4, 0.4, 2 * visible * hidden)
    return np.append(weights, np.zeros(hidden + visible))


def parts(theta, visible, hidden):
    """encoder, decoder, hidden bias, visible bias (columns) as views of theta"""
    n = visible * hidden
    enc, dec, bh, bv = np.split(theta, [n, 2 * n, 2 * n + hidden])
    return enc.reshape(hidden, visible), dec.reshape(visible, hidden), bh[:, None], bv[:, None]


def objective(theta, visible, hidden, decay, rho, beta, data):
    """data: visible x examples. Returns the cost and its gradient, one vector like theta."""
    enc, dec, bh, bv = parts(theta, visible, hidden)
    m = data.shape[1]

    code = logistic(enc @ data + bh)
    out = logistic(dec @ code + bv)
    active = code.mean(axis=1, keepdims=True)

    cost = 0.5 * np.sum((out - data) ** 2) / m
    cost += 0.5 * decay * (np.sum(enc ** 2) + np.sum(dec ** 2))
    cost += beta * np.sum(rho * np.log(rho / active) + (1 - rho) * np.log((1 - rho) / (1 - active)))

    pressure = beta * ((1 - rho) / (1 - active) - rho / active)
    d_out = (out - data) * out * (1 - out)
    d_code = (dec.T @ d_out + pressure) * code * (1 - code)

    pieces = (d_code @ data.T / m + decay * enc, d_out @ code.T / m + decay * dec,
              d_code.mean(axis=1), d_out.mean(axis=1))
    return cost, np.concatenate([p.ravel() for p in pieces])
