import numpy as np

def tanh(x):
    return np.tanh(x)

def dtanh(x):
    return 1.0 - np.tanh(x)**2


class DeepNet:
    """ fully connected network with tanh everywhere

    dims : list of ints, dims[0] is the number of features
    """
    def __init__(self, dims, seed=None):
        rs = np.random.RandomState(seed)
        self.dims = dims
        self.weights = []
        self.biases = []
        for k in range(1, len(dims)):
            self.weights.append(rs.normal(0, 1.0/np.sqrt(dims[k-1]), size=(dims[k-1], dims[k])))
            self.biases.append(np.zeros(dims[k]))

    def forward(self, X):
        acts = [X]
        for W, b in zip(self.weights, self.biases):
            acts.append(tanh(acts[-1].dot(W) + b))
        return acts

    def predict(self, X):
        return self.forward(X)[-1]

    def loss(self, X, T):
        diff = self.predict(X) - T
        return np.sum(diff**2) / (2*len(X))

    def gradients(self, X, T):
        acts = self.forward(X)
        n = len(X)
        gW = [0]*len(self.weights)
        gb = [0]*len(self.biases)
        delta = (acts[-1] - T)/n * dtanh(acts[-1])
        for k in range(len(self.weights)-1, -1, -1):
            gW[k] = acts[k].T.dot(delta)
            gb[k] = delta.sum(0)
            if k > 0:
                delta = delta.dot(self.weights[k].T) * dtanh(acts[k])
        return gW, gb

    def step(self, X, T, lr=0.05):
        gW, gb = self.gradients(X, T)
        for k in range(len(self.weights)):
            self.weights[k] -= lr*gW[k]
            self.biases[k] -= lr*gb[k]
