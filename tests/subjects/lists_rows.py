import numpy as np

class DeepRegressor:
  def __init__(self, dims, lr=0.05, seed=4):
    self.rng = np.random.default_rng(seed)
    self.lr = lr
    self.Ws = [self.rng.normal(0, np.sqrt(2/m), (m, n)) for m, n in zip(dims, dims[1:])]
    self.bs = [np.zeros(n) for n in dims[1:]]

  def forward(self, x):
    hs = [x]
    last = len(self.Ws) - 1
    for k, (W, b) in enumerate(zip(self.Ws, self.bs)):
      z = hs[-1] @ W + b
      hs.append(z if k == last else z*(z > 0))
    return hs

  def predict(self, x):
    return self.forward(x)[-1]

  def loss(self, x, y):
    return np.mean((self.predict(x) - y)**2)

  def update(self, x, y):
    hs = self.forward(x)
    g = 2*(hs[-1] - y)/y.size
    grads = []
    for k in reversed(range(len(self.Ws))):
      grads.append((k, hs[k].T @ g, g.sum(0)))
      g = (g @ self.Ws[k].T)*(hs[k] > 0)
    for k, gW, gb in grads:
      self.Ws[k] -= self.lr*gW
      self.bs[k] -= self.lr*gb

  def fit(self, x, y, epochs=200, batch=16):
    for e in range(epochs):
      p = self.rng.permutation(len(x))
      for s in range(0, len(x), batch):
        self.update(x[p[s:s+batch]], y[p[s:s+batch]])
      if e % 40 == 0:
        print('epoch', e, 'loss', self.loss(x, y))

if __name__ == '__main__':
  rng = np.random.default_rng(0)
  x = rng.uniform(-1, 1, (128, 2))
  y = np.stack([np.maximum(x[:, 0], x[:, 1]), np.abs(x[:, 0] - x[:, 1])], axis=1)
  net = DeepRegressor([2, 16, 16, 2])
  net.fit(x, y)
  print('loss', net.loss(x, y))
