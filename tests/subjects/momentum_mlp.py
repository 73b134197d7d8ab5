from numpy import *

class MomentumMLP:
    def __init__(self, *n):
        random.seed(7)
        self.n = n
        self.w = [random.randn(n[i]+1, n[i+1])*0.8 for i in range(len(n)-1)]
        self.dw = [zeros(w.shape) for w in self.w]

    def run(self, x):
        self.o = [x]
        for w in self.w:
            self.o[-1] = column_stack([self.o[-1], ones(len(x))])
            self.o.append(tanh(dot(self.o[-1], w)))
        return self.o[-1]

    def learn(self, x, t, lrate=0.05, momentum=0.9):
        o = self.run(x)
        error = t - o
        d = error*(1.0-o**2)
        back = [d]
        for i in range(len(self.w)-1, 0, -1):
            h = self.o[i][:,:-1]
            d = dot(d, self.w[i][:-1].T)*(1.0-h**2)
            back.insert(0, d)
        for i in range(len(self.w)):
            self.dw[i] = lrate*dot(self.o[i].T, back[i]) + momentum*self.dw[i]
            self.w[i] += self.dw[i]
        return (error**2).sum()

if __name__ == '__main__':
    x = array([[a,b,c] for a in (-1,1) for b in (-1,1) for c in (-1,1)], dtype=float)
    t = (x[:,:1]*x[:,1:2]*x[:,2:])*0.9
    net = MomentumMLP(3, 5, 1)
    for i in range(600):
        e = net.learn(x, t)
        if i % 100 == 0: print(i, e)
    print(c_[t, net.run(x)])
