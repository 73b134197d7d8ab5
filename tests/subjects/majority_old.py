#!/usr/bin/python
# three bits vote, the network says who won
import math, random

def table(rows, cols, scale):
    return [[scale * (2 * random.random() - 1) for c in xrange(cols)] for r in xrange(rows)]

class Voter:
    def __init__(self, inputs, hidden, outputs):
        self.inputs, self.hidden, self.outputs = inputs, hidden, outputs
        # one input more, it is always on
        self.wi = table(inputs + 1, hidden, 0.5)
        self.wo = table(hidden, outputs, 2.0)

    def think(self, bits):
        if len(bits) != self.inputs:
            raise ValueError, "I want %d bits" % self.inputs
        self.x = list(bits) + [1.0]
        self.h = []
        for j in xrange(self.hidden):
	    s = 0.0
	    for i in xrange(self.inputs + 1):
		s += self.x[i] * self.wi[i][j]
	    self.h.append(math.tanh(s))
	self.ao = []
	for k in xrange(self.outputs):
	    self.ao.append(math.tanh(sum([self.h[j] * self.wo[j][k] for j in xrange(self.hidden)])))
	return self.ao

    def correct(self, targets, rate):
	d = [(t - o) * (1 - o * o) for t, o in zip(targets, self.ao)]
	e = []
	for j in xrange(self.hidden):
	    blame = sum([d[k] * self.wo[j][k] for k in xrange(self.outputs)])
	    e.append(blame * (1 - self.h[j] ** 2))
	for j in xrange(self.hidden):
	    for k in xrange(self.outputs):
		self.wo[j][k] += rate * d[k] * self.h[j]
	for i in xrange(self.inputs + 1):
	    for j in xrange(self.hidden):
		self.wi[i][j] += rate * e[j] * self.x[i]
	return sum([(t - o) ** 2 for t, o in zip(targets, self.ao)]) / 2

    def school(self, votes, rounds=400, rate=0.2):
	for r in xrange(rounds):
	    error = 0.0
	    for bits, won in votes:
		self.think(bits)
		error += self.correct(won, rate)
	    if r % 100 == 0:
		print 'round', r, 'error', error
        return error

random.seed(0)
if __name__ == '__main__':
    votes = [([a, b, c], [int(a + b + c > 1)]) for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    n = Voter(3, 3, 1)
    error = n.school(votes)
    for bits, won in votes:
        print bits, '->', n.think(bits)
