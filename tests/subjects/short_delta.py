import numpy as np

# Three bits in, their number of ones divided by three out.

class CountNet(object):
  def __init__(self, hidden, rng):
    self.w0 = rng.uniform(-1, 1, (3, hidden))
    self.b0 = rng.uniform(-1, 1, (1, hidden))
    self.w1 = rng.uniform(-1, 1, (hidden, 1))
    self.b1 = rng.uniform(-1, 1, (1, 1))

  def sigmoid(self, x):
    return 1/(1 + np.exp(-x))

  def forward(self, x):
    self.h = self.sigmoid(np.dot(x, self.w0) + self.b0)
    return self.sigmoid(np.dot(self.h, self.w1) + self.b1)

  def cost(self, x, t):
    return 0.5*np.mean((self.forward(x) - t)**2)

  def gradient(self, x, t):
    n = len(x)
    delta1 = self.forward(x) - t
    delta0 = np.dot(delta1, self.w1.T)*self.h*(1 - self.h)
    return (np.dot(x.T, delta0)/n, np.mean(delta0, axis=0, keepdims=True),
            np.dot(self.h.T, delta1)/n, np.mean(delta1, axis=0, keepdims=True))

  def train(self, x, t, eta, times):
    for k in range(times):
      g = self.gradient(x, t)
      self.w0 -= eta*g[0]
      self.b0 -= eta*g[1]
      self.w1 -= eta*g[2]
      self.b1 -= eta*g[3]
      if k % 500 == 0:
        print('%d: %.6f' % (k, self.cost(x, t)))
