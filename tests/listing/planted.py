"""Right networks in three styles, and single faults planted in them by editing their text."""

from __future__ import annotations

from dataclasses import dataclass

COLUMN = '''
import numpy as np

class Net:
    def __init__(self, sizes, rng):
        self.w = [rng.normal(0, 0.8, (m, n + 1)) for n, m in zip(sizes[:-1], sizes[1:])]

    def ones(self, a):
        return np.hstack([np.ones((len(a), 1)), a])

    def forward(self, x):
        acts = [x]
        for w in self.w:
            z = self.ones(acts[-1]) @ w.T
            acts.append(1 / (1 + np.exp(-z)))
        return acts

    def cost(self, x, y):
        return 0.5 * np.sum((self.forward(x)[-1] - y) ** 2) / len(x)

    def gradients(self, x, y):
        acts = self.forward(x)
        delta = (acts[-1] - y) * acts[-1] * (1 - acts[-1])
        grads = []
        for l in range(len(self.w) - 1, -1, -1):
            grads.insert(0, delta.T @ self.ones(acts[l]) / len(x))
            if l > 0:
                back = delta @ self.w[l][:, 1:]
                delta = back * acts[l] * (1 - acts[l])
        return grads

    def fit(self, x, y, rate, steps):
        for step in range(steps):
            grads = self.gradients(x, y)
            for l in range(len(self.w)):
                self.w[l] -= rate * grads[l]
            if step % 10 == 0:
                print(step, self.cost(x, y))

rng = np.random.default_rng(5)
X = rng.uniform(-1, 1, (7, 4))
Y = rng.uniform(0.1, 0.9, (7, 4))
Net([4, 4, 4, 4], rng).fit(X, Y, 0.5, 60)
'''

FUNCTIONS = '''
import numpy as np

def init(n0, n1, n2, n3, seed=2):
    np.random.seed(seed)
    return {"W1": np.random.randn(n1, n0) * 0.6, "b1": np.zeros((n1, 1)) + 0.1,
            "W2": np.random.randn(n2, n1) * 0.6, "b2": np.zeros((n2, 1)) - 0.1,
            "W3": np.random.randn(n3, n2) * 0.6, "b3": np.zeros((n3, 1))}

def forward(X, p):
    Z1 = np.dot(p["W1"], X) + p["b1"]
    A1 = np.tanh(Z1)
    Z2 = np.dot(p["W2"], A1) + p["b2"]
    A2 = np.tanh(Z2)
    Z3 = np.dot(p["W3"], A2) + p["b3"]
    E = np.exp(Z3 - np.max(Z3, axis=0, keepdims=True))
    A3 = E / np.sum(E, axis=0, keepdims=True)
    return A3, (Z1, A1, Z2, A2, Z3)

def compute_cost(A3, Y):
    return -np.sum(Y * np.log(A3)) / Y.shape[1]

def backward(X, Y, p, A3, cache):
    Z1, A1, Z2, A2, Z3 = cache
    m = X.shape[1]
    dZ3 = A3 - Y
    dW3 = np.dot(dZ3, A2.T) / m
    db3 = np.sum(dZ3, axis=1, keepdims=True) / m
    dA2 = np.dot(p["W3"].T, dZ3)
    dZ2 = dA2 * (1 - A2 ** 2)
    dW2 = np.dot(dZ2, A1.T) / m
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dA1 = np.dot(p["W2"].T, dZ2)
    dZ1 = dA1 * (1 - A1 ** 2)
    dW1 = np.dot(dZ1, X.T) / m
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2, "W3": dW3, "b3": db3}

def train(X, Y, p, rate=0.3, epochs=60):
    for i in range(epochs):
        A3, cache = forward(X, p)
        cost = compute_cost(A3, Y)
        grads = backward(X, Y, p, A3, cache)
        for key in p:
            p[key] = p[key] - rate * grads[key]
        if i % 10 == 0:
            print(i, cost)
    return p

if __name__ == "__main__":
    rng = np.random.RandomState(0)
    X = rng.randn(5, 8)
    Y = np.eye(5)[rng.randint(0, 5, 8)].T
    train(X, Y, init(5, 5, 5, 5))
'''

EXAMPLES = '''
import numpy as np

def sigma(z):
    return 1.0 / (1.0 + np.exp(-z))

def slope(z):
    return sigma(z) * (1 - sigma(z))

class Brain:
    def __init__(self):
        r = np.random.RandomState(3)
        self.wih = r.randn(3, 3)
        self.bh = r.randn(3, 1)
        self.who = r.randn(3, 3)
        self.bo = r.randn(3, 1)
        self.lr = 0.2

    def learn(self, x, t):
        zh = self.wih @ x + self.bh
        h = sigma(zh)
        zo = self.who @ h + self.bo
        o = sigma(zo)
        eo = (t - o) * slope(zo)
        eh = (self.who.T @ eo) * slope(zh)
        self.who += self.lr * (eo @ h.T)
        self.bo += self.lr * eo
        self.wih += self.lr * (eh @ x.T)
        self.bh += self.lr * eh
        return 0.5 * np.sum((t - o) ** 2)

brain = Brain()
data = np.random.RandomState(4).uniform(0.1, 0.9, (6, 3))
goal = data[:, ::-1] * 0.8 + 0.1
for epoch in range(40):
    total = 0
    for row, want in zip(data, goal):
        total += brain.learn(row.reshape(3, 1), want.reshape(3, 1))
    if epoch % 10 == 0:
        print(epoch, total)
'''

SOURCES = {"column": COLUMN, "functions": FUNCTIONS, "examples": EXAMPLES}


@dataclass(frozen=True)
class Planted:
    """One edit: in the source ``style`` the text ``old`` becomes ``new``; families that name it rightly."""

    style: str
    old: str
    new: str
    families: tuple[str, ...]

    def text(self) -> str:
        """The faulty module."""
        source = SOURCES[self.style]
        assert source.count(self.old) == 1, (self.style, self.old)
        return source.replace(self.old, self.new)

    @property
    def line(self) -> int:
        """The line of the fault."""
        source = SOURCES[self.style]
        return source[: source.index(self.old)].count("\n") + 1


PLANTED = [
    Planted("column", "self.w[l][:, 1:]", "self.w[l][:, :-1]", ("bias",)),
    Planted("column", "delta @ self.w[l][:, 1:]", "delta @ self.w[-1][:, 1:]", ("layer-index",)),
    Planted("column", "delta @ self.w[l][:, 1:]", "delta @ self.w[l][:, 1:].T", ("transpose",)),
    Planted("column", "back * acts[l] * (1 - acts[l])", "back * acts[l]", ("activation-derivative",)),
    Planted("column", "back * acts[l] * (1 - acts[l])", "back * (1 - acts[l] ** 2)", ("activation-derivative",)),
    Planted("column", "back * acts[l] * (1 - acts[l])", "back * acts[l] * (1 + acts[l])", ("activation-derivative",)),
    Planted("column", "self.ones(acts[l])", "self.ones(acts[l + 1])", ("layer-index",)),
    Planted("column", "self.ones(acts[l])", "np.hstack([acts[l], np.ones((len(x), 1))])", ("bias",)),
    Planted("column", "(acts[-1] - y) * acts[-1]", "np.abs(acts[-1] - y) * acts[-1]", ("loss-derivative",)),
    Planted("column", "(acts[-1] - y) * acts[-1] * (1 - acts[-1])", "(acts[-1] - y) ** 2 * acts[-1] * (1 - acts[-1])",
            ("loss-derivative",)),
    Planted("functions", "np.dot(dZ3, A2.T)", "np.dot(dZ3, A1.T)", ("layer-index",)),
    Planted("functions", "np.dot(dZ2, A1.T)", "np.dot(dZ2, A2.T)", ("layer-index",)),
    Planted("functions", "np.dot(dZ1, X.T)", "np.dot(X, dZ1.T)", ("transpose",)),
    Planted("functions", 'np.dot(p["W3"].T, dZ3)', 'np.dot(p["W3"], dZ3)', ("transpose",)),
    Planted("functions", 'np.dot(p["W2"].T, dZ2)', 'np.dot(p["W1"].T, dZ2)', ("layer-index",)),
    Planted("functions", 'np.dot(p["W2"].T, dZ2)', 'np.dot(p["W2"].T, dZ3)', ("layer-index",)),
    Planted("functions", "dA2 * (1 - A2 ** 2)", "dA2 * (1 - Z2 ** 2)", ("activation-derivative",)),
    Planted("functions", "dA2 * (1 - A2 ** 2)", "dA2 * (1 - A1 ** 2)", ("layer-index", "activation-derivative")),
    Planted("functions", "dA1 * (1 - A1 ** 2)", "dA1 * (1 - A1)", ("activation-derivative",)),
    Planted("functions", "dA1 * (1 - A1 ** 2)", "-dA1 * (1 - A1 ** 2)", ("sign",)),
    Planted("functions", "db2 = np.sum(dZ2, axis=1, keepdims=True) / m", "db2 = np.sum(dZ2) / m", ("bias",)),
    Planted("functions", "db2 = np.sum(dZ2, axis=1, keepdims=True) / m", "db2 = np.sum(dZ2, axis=1, keepdims=True)",
            ("bias", "scale")),
    Planted("functions", "dZ3 = A3 - Y", "dZ3 = (A3 - Y) * A3 * (1 - A3)",
            ("loss-derivative", "activation-derivative")),
    Planted("functions", "dW3 = np.dot(dZ3, A2.T) / m", "dW3 = np.dot(dZ3, A2.T) / m ** 2", ("scale",)),
    Planted("examples", "(t - o) * slope(zo)", "(t - o) * slope(o)", ("activation-derivative",)),
    Planted("examples", "self.who.T @ eo) * slope(zh)", "self.who.T @ eo) * slope(h)", ("activation-derivative",)),
    Planted("examples", "(self.who.T @ eo) * slope(zh)", "(self.who.T @ (t - o)) * slope(zh)", ("layer-index",)),
    Planted("examples", "(self.who.T @ eo) * slope(zh)", "(self.who @ eo) * slope(zh)", ("transpose",)),
    Planted("examples", "(self.who.T @ eo) * slope(zh)", "(self.who.T @ eo) * slope(zo)",
            ("layer-index", "activation-derivative")),
    Planted("examples", "self.lr * (eo @ h.T)", "self.lr * (eo @ x.T)", ("layer-index",)),
    Planted("examples", "self.lr * (eh @ x.T)", "self.lr * (x @ eh.T)", ("transpose",)),
    Planted("examples", "self.bh += self.lr * eh", "self.bh += self.lr * eo", ("layer-index", "bias")),
    Planted("examples", "self.bh += self.lr * eh", "self.bh -= self.lr * eh", ("sign",)),
]
