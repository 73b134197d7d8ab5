import numpy as np

class Dense:
  def __init__(self, nin, nout, rng):
    self.w = rng.normal(scale=nin**-0.5, size=(nin, nout))
    self.b = np.zeros(nout)
  def forward(self, x):
    self.x = x
    return x.dot(self.w) + self.b
  def backward(self, g):
    self.gw = self.x.T.dot(g)
    self.gb = g.sum(axis=0)
    return g.dot(self.w.T)

class Tanh:
  def forward(self, x):
    self.y = np.tanh(x)
    return self.y
  def backward(self, g):
    return g*(1 - self.y*self.y)

class CrossEntropy:
  """softmax and the mean cross entropy in one"""
  def forward(self, logits, labels):
    self.labels = labels
    z = logits - logits.max(axis=1, keepdims=True)
    self.p = np.exp(z)/np.exp(z).sum(axis=1, keepdims=True)
    return -np.log(self.p[np.arange(len(labels)), labels] + 1e-300).mean()
  def backward(self):
    g = self.p.copy()
    g[np.arange(len(self.labels)), self.labels] -= 1
    return g

class Net:
  def __init__(self, *layers):
    self.layers = layers
    self.loss = CrossEntropy()
  def forward(self, x):
    for l in self.layers:
      x = l.forward(x)
    return x
  def fit(self, x, labels, lr, epochs):
    for e in range(epochs):
      c = self.loss.forward(self.forward(x), labels)
      if e % 50 == 0:
        print(e, c)
      g = self.loss.backward()
      for l in self.layers[::-1]:
        g = l.backward(g)
      for l in self.layers:
        if isinstance(l, Dense):
          l.w -= lr*l.gw
          l.b -= lr*l.gb
    return c

if __name__ == '__main__':
  rng = np.random.RandomState(44)
  labels = np.arange(300) % 4
  x = rng.randn(300, 2)*0.4 + np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])[labels]
  net = Net(Dense(2, 16, rng), Tanh(), Dense(16, 4, rng))
  c = net.fit(x, labels, 0.8, 300)
  print('cost', c, 'accuracy', (net.forward(x).argmax(axis=1) == labels).mean())
