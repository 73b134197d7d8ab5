import numpy as np

class AE:
    '''one hidden layer, the weights of the decoder are W.T'''
    def __init__(self, n, k):
        np.random.seed(8)
        self.W  = np.random.randn(n, k)*0.3
        self.b1 = np.zeros((1, k))
        self.b2 = np.zeros((1, n))

    def s(self, x): return 1/(1+np.exp(-x))

    def forward(self, x):
        self.x = x
        self.h = self.s(x.dot(self.W) + self.b1)
        self.r = self.s(self.h.dot(self.W.T) + self.b2)
        return self.r

    def loss(self, x):
        return ((self.forward(x) - x)**2).sum()/2

    def backward(self):
        d2 = (self.r - self.x)*self.r*(1-self.r)
        d1 = d2.dot(self.W)*self.h*(1-self.h)
        gW = d2.T.dot(self.h)
        return gW, d1.sum(0, keepdims=True), d2.sum(0, keepdims=True)

    def train(self, x, lr=.5, n=1500):
        for i in range(n):
            self.forward(x)
            gW, g1, g2 = self.backward()
            self.W  -= lr*gW
            self.b1 -= lr*g1
            self.b2 -= lr*g2
            if not i % 300: print(i, self.loss(x))

if __name__ == '__main__':
    x = np.eye(8)       # 8-3-8 encoder problem
    ae = AE(8, 3)
    ae.train(x)
    print(np.round(ae.forward(x), 1))
