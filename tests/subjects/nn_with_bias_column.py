import numpy as np

# Network for the parity of three bits.
# Weight matrices carry the bias in column 0.

class FeedForwardNet:
  def __init__(self, shape, rate):
    self.shape = shape
    self.rate = rate
    np.random.seed(11)
    self.W = [np.random.normal(0, 1, (shape[k+1], shape[k] + 1)) for k in range(len(shape) - 1)]

  def sigmoid(self, z):
    return 1/(1 + np.exp(-z))

  def with_ones(self, A):
    return np.concatenate((np.ones((A.shape[0], 1)), A), axis=1)

  def feed(self, X):
    out = [X]
    for Wk in self.W:
      out.append(self.sigmoid(np.dot(self.with_ones(out[-1]), Wk.T)))
    return out

  def cost(self, X, T):
    P = self.feed(X)[-1]
    return np.sum((P - T)**2)/(2*X.shape[0])

  def weight_grads(self, X, T):
    out = self.feed(X)
    n = X.shape[0]
    err = np.multiply(out[-1] - T, out[-1]*(1 - out[-1]))
    deltas = [err]
    for k in range(len(self.W) - 1, 0, -1):
      err = np.multiply(np.dot(err, self.W[k][:, :-1]), out[k]*(1 - out[k]))
      deltas.insert(0, err)
    grads = []
    for k in range(len(self.W)):
      grads.append(np.dot(deltas[k].T, self.with_ones(out[k]))/n)
    return grads

  def fit(self, X, T, steps):
    for s in range(steps):
      grads = self.weight_grads(X, T)
      for k in range(len(self.W)):
        self.W[k] = self.W[k] - self.rate*grads[k]
      if s % 1000 == 0:
        print(s, self.cost(X, T))

if __name__ == "__main__":
  cases = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)])
  parity = (cases.sum(axis=1) % 2).reshape(-1, 1)
  net = FeedForwardNet([3, 6, 4, 1], 3.0)
  net.fit(cases, parity, 4000)
  print(np.hstack((cases, parity, net.feed(cases)[-1].round(2))))
