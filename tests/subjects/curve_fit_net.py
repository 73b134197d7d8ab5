import numpy as np

np.random.seed(13)

class CurveNet:
  def __init__(self, n):
    self.w_h = np.random.normal(0, 2, (n, 1))
    self.b_h = np.random.normal(0, 2, (n, 1))
    self.w_o = np.random.normal(0, 1/np.sqrt(n), (1, n))
    self.b_o = np.zeros((1, 1))

  def forward(self, x):
    self.h = np.tanh(np.dot(self.w_h, x) + self.b_h)
    return np.dot(self.w_o, self.h) + self.b_o

  def backward(self, x, t, out):
    N = x.shape[1]
    e = (out - t)/N
    dh = np.dot(self.w_o.T, e)*(1 - self.h)
    return np.dot(dh, x.T), dh.sum(axis=1, keepdims=True), np.dot(e, self.h.T), e.sum(axis=1, keepdims=True)

  def train(self, x, t, rate, steps):
    for i in range(steps):
      out = self.forward(x)
      if i % 500 == 0:
        print('%5d  %.5f' % (i, 0.5*np.mean((out - t)**2)))
      g1, g2, g3, g4 = self.backward(x, t, out)
      self.w_h -= rate*g1
      self.b_h -= rate*g2
      self.w_o -= rate*g3
      self.b_o -= rate*g4

if __name__ == '__main__':
  x = np.linspace(-2, 2, 41).reshape(1, -1)
  t = 0.5*x + np.cos(2*x)
  net = CurveNet(10)
  net.train(x, t, 0.1, 6000)
  print('rms', np.sqrt(np.mean((net.forward(x) - t)**2)))
