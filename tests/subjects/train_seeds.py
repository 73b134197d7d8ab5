import math, random

"""Multi layer perceptron with lists only. Usage: see the bottom of the file."""

def dot(a, b): return sum(x*y for x, y in zip(a, b))
def squash(x): return 1/(1+math.exp(-x))

def build(sizes, rnd):
    net = []
    for n_in, n_out in zip(sizes[:-1], sizes[1:]):
        net.append({'w': [[rnd.gauss(0, 1/math.sqrt(n_in)) for _ in range(n_in)] for _ in range(n_out)],
                    'b': [0.0]*n_out})
    return net

def forward(net, x):
    acts = [x]
    for layer in net:
        acts.append([squash(dot(row, acts[-1])+b) for row, b in zip(layer['w'], layer['b'])])
    return acts

def deltas(net, acts, target):
    ds = [[(o-t)*o*(1-o) for o, t in zip(acts[-1], target)]]
    for k in range(len(net)-1, 0, -1):
        above = ds[0]
        ds.insert(0, [sum(above[i]*net[k]['w'][i][j] for i in range(len(above)))*a*(1-a) for j, a in enumerate(acts[k])])
    return ds

def adjust(net, acts, ds, rate):
    for layer, inputs, d in zip(net, acts, ds):
        for i in range(len(d)):
            for j in range(len(inputs)):
                layer['w'][i][j] -= rate*d[i]*inputs[j]

def train(net, samples, rate, epochs):
    for e in range(epochs):
        cost = 0
        for x, target in samples:
            acts = forward(net, x)
            cost += sum((o-t)**2 for o, t in zip(acts[-1], target))/2
            adjust(net, acts, deltas(net, acts, target), rate)
        if e % 50 == 0: print(e, cost)
    return cost

if __name__ == '__main__':
    rnd = random.Random(3)
    # three sorts of seeds: area, length, and a one-hot sort
    samples = []
    for k in range(45):
        s = k % 3
        samples.append(([0.55+0.12*s+rnd.gauss(0, 0.02), 0.7-0.15*(s == 1)+rnd.gauss(0, 0.02)], [float(s == j) for j in range(3)]))
    net = build([2, 5, 3], rnd)
    cost = train(net, samples, 1.5, 300)
    good = sum(max(range(3), key=lambda j: forward(net, x)[-1][j]) == t.index(1.0) for x, t in samples)
    print('good:', good, 'of', len(samples))
