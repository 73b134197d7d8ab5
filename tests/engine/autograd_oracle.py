"""The same networks in another hand, differentiated by the library autograd. Shares no formula with the engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
from autograd import grad

from annprobe.engine.network import Network

F: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 0.5 * (1 + anp.tanh(0.5 * z)),
    "tanh": anp.tanh,
    "relu": lambda z: anp.where(z > 0, z, 0.0),
    "leaky relu": lambda z: anp.where(z > 0, z, 0.01 * z),
    "elu": lambda z: anp.where(z > 0, z, anp.exp(anp.where(z > 0, 0.0, z)) - 1),
    "softplus": lambda z: anp.log(1 + anp.exp(z)),
    "gelu": lambda z: 0.5 * z * (1 + anp.tanh(anp.sqrt(2 / anp.pi) * (z + 0.044715 * z**3))),
    "softmax": lambda z: anp.exp(z) / anp.sum(anp.exp(z), axis=1, keepdims=True),
}


def _bce(a: Any, y: Any) -> Any:
    return -anp.sum(y * anp.log(a) + (1 - y) * anp.log(1 - a))


COST: dict[str, Callable[[Any, Any], Any]] = {
    "squared error": lambda a, y: anp.sum((a - y) ** 2),
    "halved squared error": lambda a, y: anp.sum((a - y) ** 2) / 2,
    "binary cross-entropy": _bce,
    "categorical cross-entropy": lambda a, y: -anp.sum(y * anp.log(a)),
    "binary cross-entropy from logits": lambda a, y: _bce(F["sigmoid"](a), y),
    "categorical cross-entropy from logits": lambda a, y: -anp.sum(y * anp.log(F["softmax"](a))),
}


def cost_and_gradient(network: Network) -> tuple[float, list[Any]]:
    """The cost, and its derivatives by every parameter, like ``network.W``."""
    architecture = network.architecture

    def cost(W: list[Any]) -> Any:
        a: Any = network.X
        for w, name in zip(W, architecture.activations, strict=True):
            a = F[name](anp.dot(a, w[:, 1:].T) + w[:, 0])
        total = COST[architecture.cost](a, network.Y)
        if architecture.reduction == "mean":
            total = total / len(network.X)
        squares = sum(anp.sum(w**2) if architecture.l2_biases else anp.sum(w[:, 1:] ** 2) for w in W)
        return total + architecture.l2 / 2 * squares

    W = [w.copy() for w in network.W]
    return float(cost(W)), list(grad(cost)(W))
