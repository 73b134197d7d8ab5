#!/usr/bin/python
# Simple backprop network, learns the majority of three bits
import math, random

random.seed(0)

def rand(a, b):
    return (b-a)*random.random() + a

class NN:
    def __init__(self, ni, nh, no):
        self.ni = ni + 1 # +1 for bias node
        self.nh = nh
        self.no = no
        self.ai = [1.0]*self.ni
        self.ah = [1.0]*self.nh
        self.ao = [1.0]*self.no
        self.wi = [[rand(-0.5, 0.5) for j in range(self.nh)] for i in range(self.ni)]
        self.wo = [[rand(-2.0, 2.0) for k in range(self.no)] for j in range(self.nh)]

    def update(self, inputs):
        if len(inputs) != self.ni-1:
            raise ValueError, "wrong number of inputs"
        for i in xrange(self.ni-1):
            self.ai[i] = inputs[i]
        for j in xrange(self.nh):
            self.ah[j] = math.tanh(sum([self.ai[i]*self.wi[i][j] for i in xrange(self.ni)]))
        for k in xrange(self.no):
            self.ao[k] = math.tanh(sum([self.ah[j]*self.wo[j][k] for j in xrange(self.nh)]))
        return self.ao[:]

    def backPropagate(self, targets, N):
        output_deltas = [(targets[k]-self.ao[k])*(1.0-self.ao[k]**2) for k in xrange(self.no)]
        hidden_deltas = [0.0]*self.nh
        for j in xrange(self.nh):
            error = 0.0
            for k in xrange(self.no):
                error = error + output_deltas[k]*self.wo[j][k]
            hidden_deltas[j] = (1.0-self.ah[j]**2)*error
        for j in xrange(self.nh):
            for k in xrange(self.no):
                self.wo[j][k] += N*output_deltas[k]*self.ah[j]
        for i in xrange(self.ni):
            for j in xrange(self.nh):
                self.wi[i][j] += N*hidden_deltas[j]*self.ai[i]
        return sum([0.5*(targets[k]-self.ao[k])**2 for k in xrange(self.no)])

    def train(self, patterns, iterations=400, N=0.2):
        for i in xrange(iterations):
            error = 0.0
            for inputs, targets in patterns:
                self.update(inputs)
                error = error + self.backPropagate(targets, N)
            if i % 100 == 0:
                print 'error %-14f' % error
        return error

if __name__ == '__main__':
    pat = [[[a, b, c], [int(a+b+c > 1)]] for a in (0, 1) for b in (0, 1) for c in (0, 1)]
    n = NN(3, 3, 1)
    error = n.train(pat)
    for p in pat:
        print p[0], '->', n.update(p[0])
