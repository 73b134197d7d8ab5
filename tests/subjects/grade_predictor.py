import numpy as np

# practice rides and hours of theory -> points in the driving test (of 100)
X = np.array([[12, 20], [6, 28], [25, 14], [9, 8], [18, 30]], dtype=float)
y = np.array([[72], [64], [88], [41], [97]], dtype=float)
X /= X.max(axis=0)
y /= 100

class TestNet(object):
    def __init__(self):
        rs = np.random.RandomState(6)
        self.W1 = rs.randn(2, 3)
        self.W2 = rs.randn(3, 1)

    def sigmoid(self, z):
        return 1/(1 + np.exp(-z))

    def sigmoidPrime(self, z):
        s = self.sigmoid(z)
        return s - s**2

    def forward(self, X):
        self.u = np.dot(X, self.W1)
        self.v = self.sigmoid(self.u)
        self.w = np.dot(self.v, self.W2)
        return self.sigmoid(self.w)

    def cost(self, X, y):
        return 0.5*np.sum((y - self.forward(X))**2)

    def costPrime(self, X, y):
        yHat = self.forward(X)
        back = (yHat - y)*self.sigmoidPrime(self.w)
        dW2 = np.dot(self.v.T, back)
        dW1 = np.dot(X.T, np.dot(back, self.W2.T)*self.sigmoidPrime(self.u))
        return dW1, dW2

    def getParams(self):
        return np.concatenate((self.W1.ravel(), self.W2.ravel()))

    def setParams(self, params):
        self.W1 = params[:6].reshape(2, 3)
        self.W2 = params[6:].reshape(3, 1)

    def grads(self, X, y):
        return np.concatenate([g.ravel() for g in self.costPrime(X, y)])

def numericalGradient(N, X, y):
    params = N.getParams()
    numgrad = np.zeros(params.shape)
    e = 1e-2
    for p in range(len(params)):
        params[p] += e
        N.setParams(params)
        high = N.cost(X, y)
        params[p] -= 2*e
        N.setParams(params)
        low = N.cost(X, y)
        numgrad[p] = (high - low)/(2*e)
    return numgrad

NN = TestNet()
grad = NN.grads(X, y)
numgrad = numericalGradient(NN, X, y)
print("difference:", np.linalg.norm(grad - numgrad)/np.linalg.norm(grad + numgrad))

for i in range(2000):
    dW1, dW2 = NN.costPrime(X, y)
    NN.W1 = NN.W1 - 2.0*dW1
    NN.W2 = NN.W2 - 2.0*dW2
print("cost after training:", NN.cost(X, y))
print(np.hstack((y, NN.forward(X))))
