"""Reverse-mode differentiation on single numbers, and a small MLP built from them."""
import math
import random


class Num:
    def __init__(self, value, parents=()):
        self.value = value
        self.grad = 0.0
        self.parents = parents          # (parent, local derivative)

    def __add__(self, other):
        other = other if isinstance(other, Num) else Num(other)
        return Num(self.value + other.value, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = other if isinstance(other, Num) else Num(other)
        return Num(self.value * other.value, ((self, other.value), (other, self.value)))

    def __sub__(self, other):
        return self + (other * -1.0 if isinstance(other, Num) else -other)

    __radd__ = __add__
    __rmul__ = __mul__

    def tanh(self):
        t = math.tanh(self.value)
        return Num(t, ((self, 1 - t * t),))

    def backward(self):
        order, seen = [], set()

        def visit(n):
            if id(n) not in seen:
                seen.add(id(n))
                for parent, _ in n.parents:
                    visit(parent)
                order.append(n)

        visit(self)
        self.grad = 1.0
        for n in reversed(order):
            for parent, local in n.parents:
                parent.grad += local * n.grad


class Layer:
    def __init__(self, n_in, n_out, rng):
        self.w = [[Num(rng.uniform(-1, 1)) for _ in range(n_in)] for _ in range(n_out)]
        self.b = [Num(0.0) for _ in range(n_out)]

    def __call__(self, xs):
        return [sum((w * x for w, x in zip(row, xs)), b).tanh() for row, b in zip(self.w, self.b)]

    def parameters(self):
        return [w for row in self.w for w in row] + self.b


def total_loss(layers, xs, ys):
    loss = Num(0.0)
    for x, y in zip(xs, ys):
        out = x
        for layer in layers:
            out = layer(out)
        diff = out[0] - y
        loss = loss + diff * diff
    return loss


if __name__ == "__main__":
    rng = random.Random(5)
    layers = [Layer(2, 4, rng), Layer(4, 1, rng)]
    xs = [[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]
    ys = [-0.9, 0.9, 0.9, -0.9]
    params = [p for layer in layers for p in layer.parameters()]
    for k in range(300):
        loss = total_loss(layers, xs, ys)
        for p in params:
            p.grad = 0.0
        loss.backward()
        for p in params:
            p.value -= 0.1 * p.grad
        if k % 25 == 0:
            print(k, loss.value)
    print("final", loss.value)
