import numpy as np


class TwoLayerClassifier(object):
  """input - fully connected - ReLU - fully connected - softmax"""

  def __init__(self, D, H, C, std=0.3):
    rng = np.random.RandomState(2)
    self.W1 = std * rng.randn(D, H)
    self.b1 = np.zeros(H)
    self.W2 = std * rng.randn(H, C)
    self.b2 = np.zeros(C)

  def scores(self, X):
    self.hidden = np.maximum(0, np.dot(X, self.W1) + self.b1)
    return np.dot(self.hidden, self.W2) + self.b2

  def loss_and_grads(self, X, y, reg=1e-3):
    N = X.shape[0]
    s = self.scores(X)
    s -= np.max(s, axis=1, keepdims=True)
    p = np.exp(s) / np.sum(np.exp(s), axis=1, keepdims=True)

    data_loss = np.sum(-np.log(p[range(N), y])) / N
    reg_loss = 0.5 * reg * (np.sum(self.W1 * self.W1) + np.sum(self.W2 * self.W2))

    ds = p
    ds[range(N), y] -= 1
    ds /= N
    dW2 = np.dot(self.hidden.T, ds) + reg * self.W2
    db2 = np.sum(ds, axis=0)
    dhidden = np.dot(ds, self.W2.T)
    dhidden[self.hidden <= 0] = 0
    dW1 = np.dot(X.T, dhidden) + reg * self.W1
    db1 = np.sum(dhidden, axis=0)
    return data_loss + reg_loss, dW1, db1, dW2, db2

  def train(self, X, y, step_size=1.0, iters=500):
    for i in range(iters):
      loss, dW1, db1, dW2, db2 = self.loss_and_grads(X, y)
      if i % 100 == 0:
        print('iteration %d: loss %f' % (i, loss))
      self.W1 += -step_size * dW1
      self.b1 += -step_size * db1
      self.W2 += -step_size * dW2
      self.b2 += -step_size * db2
