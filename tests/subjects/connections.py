import random
import math

# one weight object per connection, bias as a neuron that is always on

class Cell:
    def __init__(self, name, always_on=False):
        self.name = name
        self.value = 1.0 if always_on else 0.0
        self.always_on = always_on
        self.delta = 0.0
        self.ins = []
        self.outs = []

class Link:
    def __init__(self, a, b, weight):
        self.a, self.b, self.weight = a, b, weight
        a.outs.append(self)
        b.ins.append(self)

class CellNet:
    def __init__(self, n_in, n_hid, n_out, seed=1):
        rnd = random.Random(seed)
        self.inputs = [Cell('i%d' % k) for k in range(n_in)] + [Cell('bias', True)]
        self.hidden = [Cell('h%d' % k) for k in range(n_hid)] + [Cell('bias', True)]
        self.outputs = [Cell('o%d' % k) for k in range(n_out)]
        self.links = [Link(a, b, rnd.gauss(0, 1)) for a in self.inputs for b in self.hidden if not b.always_on]
        self.links += [Link(a, b, rnd.gauss(0, 1)) for a in self.hidden for b in self.outputs]

    def run(self, pattern):
        for cell, x in zip(self.inputs, pattern):
            cell.value = x
        for layer in (self.hidden, self.outputs):
            for cell in layer:
                if not cell.always_on:
                    s = sum(l.weight * l.a.value for l in cell.ins)
                    cell.value = 1.0 / (1.0 + math.exp(-s))
        return [c.value for c in self.outputs]

    def learn(self, pattern, wanted, rate):
        self.run(pattern)
        for cell, t in zip(self.outputs, wanted):
            cell.delta = (t - cell.value) * cell.value * (1 - cell.value)
        for cell in self.hidden:
            cell.delta = sum(l.weight * l.b.delta for l in cell.outs) * cell.value * (1 - cell.value)
        for l in self.links:
            l.weight += rate * l.b.delta * l.weight
        return sum((t - c.value) ** 2 for c, t in zip(self.outputs, wanted)) / 2

if __name__ == '__main__':
    table = [((a, b), (float(a != b), float(a and b))) for a in (0, 1) for b in (0, 1)]
    net = CellNet(2, 4, 2)
    for epoch in range(1500):
        error = sum(net.learn(p, t, 0.7) for p, t in table)
        if epoch % 300 == 0:
            print(epoch, error)
    print([[round(v, 2) for v in net.run(p)] for p, t in table], error)
