"""The other checkers on the benchmark's networks: torch, jax and scipy, each if it is installed."""

from __future__ import annotations

import importlib
import importlib.metadata
import time
from collections.abc import Callable, Iterator
from typing import Any

from numpy.typing import NDArray

from tests.gradcheck.networks import Network

Array = NDArray[Any]
Run = Callable[[], Any]


def torch_twin(
    net: Network, theta: Array, plant: tuple[int, float] | None = None
) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """The network in torch; ``plant`` = (flat index in layer 0, factor) makes that gradient wrong."""
    torch: Any = importlib.import_module("torch")
    torch.set_num_threads(1)
    X, Y = torch.tensor(net.X), torch.tensor(net.Y)
    W = tuple(torch.tensor(w.copy(), requires_grad=True) for w in net.split(theta))

    class Planted(torch.autograd.Function):  # type: ignore[misc]  # torch may be absent
        @staticmethod
        def forward(ctx: Any, w: Any) -> Any:
            return w.clone()

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            out = grad.clone()
            assert plant is not None
            out.view(-1)[plant[0]] *= plant[1]
            return out

    def cost(*weights: Any) -> Any:
        a = X
        for layer, w in enumerate(weights):
            w = Planted.apply(w) if plant and layer == 0 else w
            a = torch.sigmoid(a @ w[:, 1:].T + w[:, 0])
        return ((a - Y) ** 2).sum() * (0.5 * net.scale)

    return cost, W


def anchors(net: Network, theta: Array) -> Iterator[tuple[str, Run]]:
    """Every installed checker on a right gradient."""
    if available("torch"):
        gradcheck = importlib.import_module("torch.autograd").gradcheck
        cost, W = torch_twin(net, theta)
        yield "torch gradcheck, fast mode", lambda: gradcheck(cost, W, fast_mode=True)
    if available("jax"):
        yield "jax check_grads, rev", jax_run(net, theta)
    if available("scipy"):
        check_grad = importlib.import_module("scipy.optimize").check_grad
        yield (
            "scipy check_grad, random",
            lambda: check_grad(net.cost, net.gradient, theta, direction="random", rng=0),
        )


def jax_run(net: Network, theta: Array) -> Run:
    jax: Any = importlib.import_module("jax")
    jnp: Any = importlib.import_module("jax.numpy")
    check_grads = importlib.import_module("jax.test_util").check_grads
    jax.config.update("jax_enable_x64", True)
    X, Y = jnp.asarray(net.X), jnp.asarray(net.Y)

    def cost(*weights: Any) -> Any:
        a = X
        for w in weights:
            a = jax.nn.sigmoid(a @ w[:, 1:].T + w[:, 0])
        return ((a - Y) ** 2).sum() * (0.5 * net.scale)

    W = tuple(map(jnp.asarray, net.split(theta)))
    return lambda: check_grads(cost, W, 1, modes=("rev",))


def available(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def torch_failure(net: Network, theta: Array) -> float:
    """Milliseconds of one failing check, which torch repeats in slow mode to write its message."""
    gradcheck = importlib.import_module("torch.autograd").gradcheck
    cost, W = torch_twin(net, theta, plant=(0, 1e7))
    start = time.process_time()
    if gradcheck(cost, W, fast_mode=True, raise_exception=False):
        raise AssertionError("the planted error was not seen")
    return 1e3 * (time.process_time() - start)
