import numpy as np

class ScoreNet(object):
    def __init__(self, nIn=2, nHid=3, nOut=1, Lambda=0.0001):
        self.sizes = nIn, nHid, nOut
        self.Lambda = Lambda
        self.W1 = np.random.normal(size=(nIn, nHid))
        self.W2 = np.random.normal(size=(nHid, nOut))

    def sigma(self, z):
        return 1/(1 + np.exp(-z))

    def sigmaPrime(self, z):
        e = np.exp(-z)
        return e/(1 + e)**2

    def forward(self, X):
        self.zHid = X.dot(self.W1)
        self.aHid = self.sigma(self.zHid)
        self.zOut = self.aHid.dot(self.W2)
        return self.sigma(self.zOut)

    def costFunction(self, X, y):
        miss = self.forward(X) - y
        decay = sum(np.sum(W**2) for W in (self.W1, self.W2))
        return np.sum(miss**2)/(2*len(X)) + self.Lambda*decay/2

    def costFunctionPrime(self, X, y):
        yHat = self.forward(X)
        dOut = (yHat - y)*self.sigmaPrime(self.zOut)/len(X)
        dHid = dOut.dot(self.W2.T)*self.sigmaPrime(self.zHid)
        return X.T.dot(dHid) + self.Lambda*self.W1, self.aHid.T.dot(dOut) + self.Lambda*self.W2

    # the whole net as one vector, for the trainer

    def pack(self):
        return np.hstack([self.W1.flat, self.W2.flat])

    def unpack(self, vector):
        nIn, nHid, nOut = self.sizes
        first, second = np.split(vector, [nIn*nHid])
        self.W1 = first.reshape(nIn, nHid)
        self.W2 = second.reshape(nHid, nOut)

    def slope(self, X, y):
        return np.hstack([g.flat for g in self.costFunctionPrime(X, y)])


class Trainer(object):
    def __init__(self, net, rate=0.5):
        self.net = net
        self.rate = rate
        self.costs = []

    def train(self, X, y, steps=1000):
        for _ in range(steps):
            self.costs.append(self.net.costFunction(X, y))
            self.net.unpack(self.net.pack() - self.rate*self.net.slope(X, y))
