from builtins import range
import numpy as np


class FullyConnectedNet(object):
    """
    Two affine layers with a ReLU between them and a softmax loss.

    The learnable parameters are kept in self.params; loss() gives scores when
    no labels are handed over, loss and gradients otherwise.
    """

    def __init__(self, input_dim=3 * 4 * 4, hidden_dim=20, num_classes=5, weight_scale=1e-1, reg=0.0):
        self.params = {}
        self.reg = reg
        self.params["W1"] = weight_scale * np.random.randn(input_dim, hidden_dim)
        self.params["b1"] = np.zeros(hidden_dim)
        self.params["W2"] = weight_scale * np.random.randn(hidden_dim, num_classes)
        self.params["b2"] = np.zeros(num_classes)

    def loss(self, X, y=None):
        W1, b1 = self.params["W1"], self.params["b1"]
        W2, b2 = self.params["W2"], self.params["b2"]
        X = X.reshape(X.shape[0], -1)
        N = X.shape[0]

        pre = X.dot(W1) + b1
        hidden = np.maximum(pre, 0)
        scores = hidden.dot(W2) + b2

        if y is None:
            return scores

        shifted = scores - scores.max(axis=1)[:, None]
        log_probs = shifted - np.log(np.exp(shifted).sum(axis=1))[:, None]
        loss = -log_probs[np.arange(N), y].mean()
        loss += 0.5 * self.reg * (np.sum(W1 ** 2) + np.sum(W2 ** 2))

        grads = {}
        dscores = np.exp(log_probs)
        dscores[np.arange(N), y] -= 1
        dscores /= N
        grads["W2"] = hidden.T.dot(dscores) + self.reg * W2
        grads["b2"] = dscores.sum(axis=0)
        dpre = dscores.dot(W2.T) * (pre > 0)
        grads["W1"] = X.T.dot(dpre) + self.reg * W1
        grads["b1"] = dpre.sum(axis=0)
        return loss, grads

    def train(self, X, y, learning_rate=1e-2, num_iters=100, batch_size=50, verbose=False):
        history = []
        for it in range(num_iters):
            mask = np.random.choice(X.shape[0], batch_size)
            loss, grads = self.loss(X[mask], y[mask])
            history.append(loss)
            for p in self.params:
                self.params[p] -= learning_rate * grads[p]
            if verbose and it % 10 == 0:
                print("(Iteration %d / %d) loss: %f" % (it, num_iters, loss))
        return history

    def predict(self, X):
        return np.argmax(self.loss(X), axis=1)
