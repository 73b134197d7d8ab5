import numpy as np


class AnimalClassifier:
    """fit(X, names) / predict(X) with names of animals as labels"""

    def __init__(self, n_hidden=8, rate=0.5, rounds=400):
        self.n_hidden, self.rate, self.rounds = n_hidden, rate, rounds

    def forward(self, X):
        self.hidden = np.tanh(X @ self.w1 + self.b1)
        s = self.hidden @ self.w2 + self.b2
        e = np.exp(s - s.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def fit(self, X, names):
        rng = np.random.default_rng(0)
        order = {}
        for name in names:
            order.setdefault(name, len(order))
        self.classes = sorted(set(names))
        target = np.zeros((len(names), len(order)))
        for row, name in enumerate(names):
            target[row, order[name]] = 1
        self.w1 = rng.normal(0, 1, (X.shape[1], self.n_hidden))
        self.b1 = np.zeros(self.n_hidden)
        self.w2 = rng.normal(0, 0.5, (self.n_hidden, len(order)))
        self.b2 = np.zeros(len(order))
        for r in range(self.rounds):
            p = self.forward(X)
            d2 = (p - target) / len(X)
            d1 = d2 @ self.w2.T * (1 - self.hidden ** 2)
            self.w2 -= self.rate * self.hidden.T @ d2
            self.b2 -= self.rate * d2.sum(axis=0)
            self.w1 -= self.rate * X.T @ d1
            self.b1 -= self.rate * d1.sum(axis=0)
            if r % 100 == 0:
                print(r, "loss", -np.mean(np.sum(target * np.log(p), axis=1)))
        return self

    def predict(self, X):
        return [self.classes[k] for k in self.forward(X).argmax(axis=1)]


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    kinds = {"mouse": (0.1, 0.2), "horse": (1.6, 4.5), "dog": (0.5, 0.3), "ant": (0.01, 0.001)}
    names = list(kinds) * 15
    X = np.array([kinds[n] for n in names]) + rng.normal(0, 0.03, (60, 2))
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    clf = AnimalClassifier(rounds=1500).fit(X, names)
    right = np.mean([a == b for a, b in zip(clf.predict(X), names)])
    print("right:", right)
