import numpy as np

ACTIVATIONS = {
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z, a: a * (1 - a)),
    "tanh": (np.tanh, lambda z, a: 1 - a ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z, a: (z > 0).astype(float)),
    "softplus": (lambda z: np.log(1 + np.exp(z)), lambda z, a: 1 / (1 + np.exp(-z))),
    "linear": (lambda z: z, lambda z, a: np.ones_like(z)),
}


class Model:
    """Model((4, 8, 3), ("tanh", "linear")): sizes and one activation for each layer but the first."""

    def __init__(self, sizes, activations, seed=0):
        if len(activations) != len(sizes) - 1:
            raise ValueError("one activation per layer, please")
        rng = np.random.default_rng(seed)
        self.functions = [ACTIVATIONS[name] for name in activations]
        self.layers = {}
        for k, (m, n) in enumerate(zip(sizes, sizes[1:]), start=1):
            self.layers[k] = {"w": rng.normal(0, m ** -0.5, (n, m)), "b": np.zeros((n, 1))}

    def forward(self, x):
        a = x
        for k, layer in self.layers.items():
            layer["in"] = a
            layer["z"] = layer["w"] @ a + layer["b"]
            a = self.functions[k - 1][0](layer["z"])
            layer["out"] = a
        return a

    def cost(self, x, y):
        return 0.5 * np.sum((self.forward(x) - y) ** 2) / x.shape[1]

    def backward(self, x, y):
        d = (self.forward(x) - y) / x.shape[1]
        for k in sorted(self.layers, reverse=True):
            layer = self.layers[k]
            d = d * self.functions[k - 1][1](layer["z"], layer["out"])
            layer["dw"] = d @ layer["in"].T
            layer["db"] = np.sum(d, axis=1, keepdims=True)
            d = layer["w"].T @ d

    def update(self, alpha):
        for layer in self.layers.values():
            layer["w"] = layer["w"] - alpha * layer["dw"]
            layer["b"] = layer["b"] - alpha * layer["db"]

    def fit(self, x, y, alpha=0.1, epochs=100):
        costs = []
        for _ in range(epochs):
            self.backward(x, y)
            self.update(alpha)
            costs.append(self.cost(x, y))
        return costs
