import numpy as np

class ThreeWeights:
    def __init__(self, n0, n1, n2, n3):
        self.w1 = np.random.uniform(-0.7, 0.7, (n1, n0)); self.b1 = np.zeros((n1, 1))
        self.w2 = np.random.uniform(-0.7, 0.7, (n2, n1)); self.b2 = np.zeros((n2, 1))
        self.w3 = np.random.uniform(-0.7, 0.7, (n3, n2)); self.b3 = np.zeros((n3, 1))

    def s(self, z): return 1/(1+np.exp(-z))
    def ds(self, a): return a*(1-a)

    def predict(self, x):
        self.x = x
        self.a1 = self.s(np.dot(self.w1, x)+self.b1)
        self.a2 = self.s(np.dot(self.w2, self.a1)+self.b2)
        self.a3 = self.s(np.dot(self.w3, self.a2)+self.b3)
        return self.a3

    def loss(self, x, y):
        a = self.predict(x)
        return -np.sum(y*np.log(a)+(1-y)*np.log(1-a))/x.shape[1]

    def learn(self, x, y, lr=0.5):
        m = x.shape[1]
        self.predict(x)
        d3 = self.a3-y
        d2 = np.dot(self.w3.T, d3)*self.ds(self.a1)
        d1 = np.dot(self.w2.T, d2)*self.ds(self.a1)
        self.w3 -= lr*np.dot(d3, self.a2.T)/m
        self.w2 -= lr*np.dot(d2, self.a1.T)/m
        self.w1 -= lr*np.dot(d1, self.x.T)/m
        self.b3 -= lr*np.sum(d3, axis=1, keepdims=True)/m
        self.b2 -= lr*np.sum(d2, axis=1, keepdims=True)/m
        self.b1 -= lr*np.sum(d1, axis=1, keepdims=True)/m
