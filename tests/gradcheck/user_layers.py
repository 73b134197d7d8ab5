"""Layers as users write them: forward returns (out, cache), backward takes (dout, cache)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def dense_forward(x: Array, w: Array, b: Array) -> tuple[Array, Any]:
    return x.reshape(len(x), -1) @ w + b, (x, w)


def dense_backward(dout: Array, cache: Any) -> tuple[Array, ...]:
    x, w = cache
    return (dout @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ dout, dout.sum(axis=0)


def conv_forward(x: Array, w: Array, b: Array, options: dict[str, int]) -> tuple[Array, Any]:
    """x (N, C, H, W), w (F, C, k, k), zero padding, stride."""
    stride, pad, k = options["stride"], options["pad"], w.shape[2]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows, columns = ((n - k) // stride + 1 for n in padded.shape[2:])
    out = np.zeros((len(x), len(w), rows, columns), dtype=np.result_type(x, w))
    for i in range(rows):
        for j in range(columns):
            patch = padded[:, :, i * stride : i * stride + k, j * stride : j * stride + k]
            out[:, :, i, j] = np.tensordot(patch, w, axes=((1, 2, 3), (1, 2, 3))) + b
    return out, (padded, w, stride, pad)


def conv_backward(dout: Array, cache: Any) -> tuple[Array, ...]:
    padded, w, stride, pad = cache
    k = w.shape[2]
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = np.s_[:, :, i * stride : i * stride + k, j * stride : j * stride + k]
            dw += np.tensordot(dout[:, :, i, j], padded[window], axes=(0, 0))
            dpadded[window] += np.tensordot(dout[:, :, i, j], w, axes=(1, 0))
    inner = slice(pad, -pad or None)
    return dpadded[:, :, inner, inner], dw, dout.sum(axis=(0, 2, 3))


def batchnorm_forward(x: Array, gamma: Array, beta: Array, state: dict[str, Any]) -> tuple[Array, Any]:
    mean, var = x.mean(axis=0), x.var(axis=0)
    state["mean"] = 0.9 * state["mean"] + 0.1 * mean
    xhat = (x - mean) / np.sqrt(var + 1e-5)
    return gamma * xhat + beta, (xhat, gamma, var)


def batchnorm_backward(dout: Array, cache: Any) -> tuple[Array, ...]:
    xhat, gamma, var = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / np.sqrt(var + 1e-5)
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def layernorm_forward(x: Array, gamma: Array, beta: Array) -> tuple[Array, Any]:
    centred = x - x.mean(axis=1, keepdims=True)
    std = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    return gamma * centred / std + beta, (centred / std, gamma, std)


def layernorm_backward(dout: Array, cache: Any) -> tuple[Array, ...]:
    xhat, gamma, std = cache
    d = dout * gamma
    dx = (d - d.mean(axis=1, keepdims=True) - xhat * (d * xhat).mean(axis=1, keepdims=True)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def dropout_forward(x: Array, options: dict[str, float]) -> tuple[Array, Any]:
    mask = (np.random.rand(*x.shape) < options["keep"]) / options["keep"]
    return x * mask, mask


def dropout_backward(dout: Array, cache: Any) -> Array:
    return np.asarray(dout * cache)


def maxpool_forward(x: Array, k: int) -> tuple[Array, Any]:
    n, c, h, w = x.shape
    blocks = x.reshape(n, c, h // k, k, w // k, k)
    out = blocks.max(axis=(3, 5))
    return out, (blocks, out)


def maxpool_backward(dout: Array, cache: Any) -> Array:
    blocks, out = cache
    mask = blocks == out[:, :, :, None, :, None]
    n, c, h, k, w, _ = blocks.shape
    return np.asarray((mask * dout[:, :, :, None, :, None]).reshape(n, c, h * k, w * k))


def attention_forward(q: Array, k: Array, v: Array) -> tuple[Array, Any]:
    scores = q @ k.T / np.sqrt(k.shape[1])
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return p @ v, (q, k, v, p)


def attention_backward(dout: Array, cache: Any) -> tuple[Array, ...]:
    q, k, v, p = cache
    dp = dout @ v.T
    ds = p * (dp - (dp * p).sum(axis=1, keepdims=True)) / np.sqrt(k.shape[1])
    return ds @ k, ds.T @ q, p.T @ dout


def rnn_forward(x: Array, h: Array, wx: Array, wh: Array, b: Array) -> tuple[Array, Any]:
    out = np.tanh(x @ wx + h @ wh + b)
    return out, (x, h, wx, wh, out)


def rnn_backward(dout: Array, cache: Any) -> tuple[Array, ...]:
    x, h, wx, wh, out = cache
    d = dout * (1 - out**2)
    return d @ wx.T, d @ wh.T, x.T @ d, h.T @ d, d.sum(axis=0)


def lstm_forward(x: Array, h: Array, c: Array, wx: Array, wh: Array, b: Array) -> tuple[Array, Array, Any]:
    i, f, o, g = np.split(x @ wx + h @ wh + b, 4, axis=1)
    i, f, o, g = 1 / (1 + np.exp(-i)), 1 / (1 + np.exp(-f)), 1 / (1 + np.exp(-o)), np.tanh(g)
    cell = f * c + i * g
    return o * np.tanh(cell), cell, (x, h, c, wx, wh, i, f, o, g, cell)


def lstm_backward(dh: Array, dcell: Array, cache: Any) -> tuple[Array, ...]:
    x, h, c, wx, wh, i, f, o, g, cell = cache
    t = np.tanh(cell)
    dcell = dcell + dh * o * (1 - t**2)
    d = np.hstack([dcell * g * i * (1 - i), dcell * c * f * (1 - f), dh * t * o * (1 - o), dcell * i * (1 - g**2)])
    return d @ wx.T, d @ wh.T, dcell * f, x.T @ d, h.T @ d, d.sum(axis=0)
