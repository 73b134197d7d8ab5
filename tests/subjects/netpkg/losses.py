import numpy as np


def softmax_cross_entropy(scores, labels):
    """Mean loss and its derivative with respect to the scores."""
    n = len(labels)
    z = scores - scores.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(n), labels]).mean()
    p[np.arange(n), labels] -= 1
    return loss, p / n
