"""
A tiny deep learning "framework": layers know how to go forward and backward,
an optimizer walks over params_and_grads().
"""
from typing import Callable, Dict, Iterator, List, NamedTuple, Tuple

import numpy as np

Tensor = np.ndarray


class Layer:
    def __init__(self) -> None:
        self.params: Dict[str, Tensor] = {}
        self.grads: Dict[str, Tensor] = {}

    def forward(self, inputs: Tensor) -> Tensor:
        raise NotImplementedError

    def backward(self, grad: Tensor) -> Tensor:
        raise NotImplementedError


class Linear(Layer):
    def __init__(self, input_size: int, output_size: int, seed: int = 0) -> None:
        super().__init__()
        rng = np.random.default_rng(seed)
        self.params["w"] = rng.standard_normal((input_size, output_size)) / np.sqrt(input_size)
        self.params["b"] = np.zeros(output_size)

    def forward(self, inputs: Tensor) -> Tensor:
        self.inputs = inputs
        return inputs @ self.params["w"] + self.params["b"]

    def backward(self, grad: Tensor) -> Tensor:
        self.grads["b"] = np.sum(grad, axis=0)
        self.grads["w"] = self.inputs.T @ grad
        return grad @ self.params["w"].T


class Activation(Layer):
    def __init__(self, f: Callable[[Tensor], Tensor], f_prime: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.f, self.f_prime = f, f_prime

    def forward(self, inputs: Tensor) -> Tensor:
        self.inputs = inputs
        return self.f(inputs)

    def backward(self, grad: Tensor) -> Tensor:
        return self.f_prime(self.inputs) * grad


class Tanh(Activation):
    def __init__(self) -> None:
        super().__init__(np.tanh, lambda x: 1 - np.tanh(x) ** 2)


class NeuralNet:
    def __init__(self, layers: List[Layer]) -> None:
        self.layers = layers

    def forward(self, inputs: Tensor) -> Tensor:
        for layer in self.layers:
            inputs = layer.forward(inputs)
        return inputs

    def backward(self, grad: Tensor) -> Tensor:
        for layer in reversed(self.layers):
            grad = layer.backward(grad)
        return grad

    def params_and_grads(self) -> Iterator[Tuple[Tensor, Tensor]]:
        for layer in self.layers:
            for name, param in layer.params.items():
                yield param, layer.grads[name]


class Batch(NamedTuple):
    inputs: Tensor
    targets: Tensor


def batches(inputs: Tensor, targets: Tensor, size: int = 32) -> Iterator[Batch]:
    for start in range(0, len(inputs), size):
        yield Batch(inputs[start:start + size], targets[start:start + size])


def train(net: NeuralNet, inputs: Tensor, targets: Tensor, num_epochs: int = 100, lr: float = 0.01) -> float:
    loss = 0.0
    for _ in range(num_epochs):
        loss = 0.0
        for batch in batches(inputs, targets):
            predicted = net.forward(batch.inputs)
            loss += float(np.sum((predicted - batch.targets) ** 2))
            net.backward(2 * (predicted - batch.targets))
            for param, grad in net.params_and_grads():
                param -= lr * grad
    return loss
