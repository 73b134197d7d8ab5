import numpy as np

# hours of study, hours of sleep -> mark in the exam
X = np.array(([3, 5], [5, 1], [10, 2], [6, 1.5], [8, 8]), dtype=float)
y = np.array(([75], [82], [93], [70], [96]), dtype=float)
X = X/np.amax(X, axis=0)
y = y/100

class GradeNet(object):
    def __init__(self):
        np.random.seed(6)
        self.W1 = np.random.randn(2, 3)
        self.W2 = np.random.randn(3, 1)

    def forward(self, X):
        self.z2 = np.dot(X, self.W1)
        self.a2 = self.sigmoid(self.z2)
        self.z3 = np.dot(self.a2, self.W2)
        return self.sigmoid(self.z3)

    def sigmoid(self, z):
        return 1/(1 + np.exp(-z))

    def sigmoidPrime(self, z):
        return np.exp(-z)/((1 + np.exp(-z))**2)

    def cost(self, X, y):
        return 0.5*np.sum((y - self.forward(X))**2)

    def costPrime(self, X, y):
        yHat = self.forward(X)
        delta3 = np.multiply(-(y - yHat), self.sigmoidPrime(self.z3))
        dJdW2 = np.dot(self.a2.T, delta3)
        delta2 = np.dot(delta3, self.W2.T)*self.sigmoidPrime(self.z2)
        dJdW1 = np.dot(X.T, delta2)
        return dJdW1, dJdW2

    def getParams(self):
        return np.concatenate((self.W1.ravel(), self.W2.ravel()))

    def setParams(self, params):
        self.W1 = params[:6].reshape(2, 3)
        self.W2 = params[6:].reshape(3, 1)

    def grads(self, X, y):
        dJdW1, dJdW2 = self.costPrime(X, y)
        return np.concatenate((dJdW1.ravel(), dJdW2.ravel()))

def numericalGradient(N, X, y):
    params = N.getParams()
    numgrad = np.zeros(params.shape)
    e = 1e-2
    for p in range(len(params)):
        params[p] += e
        N.setParams(params)
        loss2 = N.cost(X, y)
        params[p] -= 2*e
        N.setParams(params)
        loss1 = N.cost(X, y)
        numgrad[p] = (loss2 - loss1)/(2*e)
    return numgrad

NN = GradeNet()
grad = NN.grads(X, y)
numgrad = numericalGradient(NN, X, y)
print("difference:", np.linalg.norm(grad - numgrad)/np.linalg.norm(grad + numgrad))

for i in range(2000):
    dJdW1, dJdW2 = NN.costPrime(X, y)
    NN.W1 = NN.W1 - 2.0*dJdW1
    NN.W2 = NN.W2 - 2.0*dJdW2
print("cost after training:", NN.cost(X, y))
print(np.hstack((y, NN.forward(X))))
