import numpy as np

class CBOW:
    """continuous bag of words, plain softmax"""

    def __init__(self, n_words, n_dim, lr):
        g = np.random.default_rng(10)
        self.E = g.normal(0, 0.5, (n_words, n_dim))
        self.U = g.normal(0, 0.5, (n_dim, n_words))
        self.lr = lr

    def probs(self, context):
        self.h = self.E[context].mean(axis=0)
        s = self.h @ self.U
        e = np.exp(s - s.max())
        return e / e.sum()

    def nll(self, context, word):
        return -np.log(self.probs(context)[word])

    def train(self, context, word):
        p = self.probs(context)
        p[word] -= 1.0
        dU = np.outer(self.h, p)
        dh = self.U @ p
        self.U -= self.lr * dU
        self.E[context] -= self.lr * dh / len(context)

def windows(tokens, k=2):
    for i in range(k, len(tokens) - k):
        yield np.array(tokens[i-k:i] + tokens[i+1:i+k+1]), tokens[i]

poem = """row row row your boat gently down the stream
merrily merrily merrily merrily life is but a dream
row row row your boat gently down the stream""".split()
vocab = {w: i for i, w in enumerate(dict.fromkeys(poem))}

if __name__ == '__main__':
    tokens = [vocab[w] for w in poem]
    model = CBOW(len(vocab), 6, 0.3)
    for epoch in range(150):
        for context, word in windows(tokens):
            model.train(context, word)
        if epoch % 30 == 0:
            print(epoch, sum(model.nll(c, w) for c, w in windows(tokens)))
    print('total', sum(model.nll(c, w) for c, w in windows(tokens)))
