import math, random

class V:
  def __init__(self, x, kids=(), op=''):
    self.x = x; self.g = 0.0; self.kids = kids; self.op = op
    self.back = lambda: None
  def __add__(a, b):
    b = b if isinstance(b, V) else V(b)
    out = V(a.x + b.x, (a, b), '+')
    def back():
      a.g += out.g
      b.g += out.g
    out.back = back
    return out
  def __mul__(a, b):
    b = b if isinstance(b, V) else V(b)
    out = V(a.x*b.x, (a, b), '*')
    def back():
      a.g = b.x*out.g
      b.g = a.x*out.g
    out.back = back
    return out
  def sigmoid(a):
    s = 1/(1 + math.exp(-a.x))
    out = V(s, (a,), 'sigmoid')
    def back():
      a.g += s*(1 - s)*out.g
    out.back = back
    return out
  def run_back(self):
    topo, done = [], set()
    def build(v):
      if v not in done:
        done.add(v)
        for k in v.kids: build(k)
        topo.append(v)
    build(self)
    self.g = 1.0
    for v in reversed(topo): v.back()

random.seed(8)
w1 = [[V(random.gauss(0, 1)) for _ in range(2)] for _ in range(3)]
b1 = [V(0.0) for _ in range(3)]
w2 = [V(random.gauss(0, 1)) for _ in range(3)]
b2 = V(0.0)
params = [w for r in w1 for w in r] + b1 + w2 + [b2]

def net(a, b):
  h = [(r[0]*a + r[1]*b + c).sigmoid() for r, c in zip(w1, b1)]
  out = b2
  for w, v in zip(w2, h):
    out = out + w*v
  return out.sigmoid()

xor = [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
for it in range(1500):
  loss = V(0.0)
  for a, b, t in xor:
    e = net(a, b) + (-t)
    loss = loss + e*e
  for p in params: p.g = 0.0
  loss.run_back()
  for p in params: p.x -= 0.8*p.g
  if it % 300 == 0: print(it, loss.x)
print([round(net(a, b).x, 2) for a, b, t in xor], loss.x)
