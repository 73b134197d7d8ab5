import numpy as np

corpus = ("king rules the land . queen rules the land . man walks the dog . woman walks the dog . "
          "king loves queen . man loves woman .").split()
words = sorted(set(corpus))
ids = {w: k for k, w in enumerate(words)}

class SkipGram:
    def __init__(self, vocab, dim=8, window=2, seed=3):
        rng = np.random.RandomState(seed)
        self.W = rng.uniform(-0.5, 0.5, (vocab, dim))       # word vectors
        self.C = rng.uniform(-0.5, 0.5, (dim, vocab))       # context vectors
        self.window = window

    def pairs(self, tokens):
        centre, context = [], []
        for i in range(len(tokens)):
            for j in range(max(0, i - self.window), min(len(tokens), i + self.window + 1)):
                if i != j:
                    centre.append(ids[tokens[i]])
                    context.append(ids[tokens[j]])
        return np.array(centre), np.array(context)

    def forward(self, centre):
        h = self.W[centre]
        u = h @ self.C
        e = np.exp(u - u.max(axis=1, keepdims=True))
        return h, e / e.sum(axis=1, keepdims=True)

    def loss(self, centre, context):
        return -np.mean(np.log(self.forward(centre)[1][np.arange(len(context)), context]))

    def gradients(self, centre, context):
        h, p = self.forward(centre)
        d = p
        d[np.arange(len(context)), context] -= 1
        d /= len(context)
        dC = h.T @ d
        dW = np.zeros_like(self.W)
        np.add.at(dW, centre, d @ self.C.T)
        return dW, dC

    def fit(self, tokens, lr=2.0, epochs=400):
        centre, context = self.pairs(tokens)
        for e in range(epochs):
            dW, dC = self.gradients(centre, context)
            self.W -= lr * dW
            self.C -= lr * dC
            if e % 100 == 0:
                print(e, self.loss(centre, context))
        return self

def similar(model, a, b):
    x, y = model.W[ids[a]], model.W[ids[b]]
    return x @ y / np.sqrt((x @ x) * (y @ y))

if __name__ == "__main__":
    model = SkipGram(len(words)).fit(corpus)
    print("king/queen", similar(model, "king", "queen"), "king/dog", similar(model, "king", "dog"))
