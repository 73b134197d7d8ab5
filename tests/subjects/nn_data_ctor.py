import numpy as np

def squash(t): return 1/(1+np.exp(-t))
def squash_slope(p): return p*(1-p)

class Net:
    def __init__(self, x, y, hidden=4):
        rnd = np.random.RandomState(2)
        self.input, self.y = x, y
        self.weights1 = rnd.rand(x.shape[1], hidden) - 0.5
        self.weights2 = rnd.rand(hidden, y.shape[1]) - 0.5

    def feedforward(self):
        self.layer1 = squash(self.input @ self.weights1)
        self.output = squash(self.layer1 @ self.weights2)

    def backprop(self):
        # minus the slope of the sum of squares
        up = 2*(self.y - self.output)*squash_slope(self.output)
        down = (up @ self.weights2.T)*squash_slope(self.layer1)
        self.weights2 += self.layer1.T @ up
        self.weights1 += self.input.T @ down

    def loss(self):
        return np.sum((self.y - self.output)**2)

if __name__ == "__main__":
    X = np.array([[0, 0, 1],
                  [0, 1, 1],
                  [1, 0, 1],
                  [1, 1, 1]], dtype=float)
    y = np.array([[0, 1, 1, 0]], dtype=float).T
    NN = Net(X, y)
    for i in range(2501):
        NN.feedforward()
        if i % 500 == 0:
            print(i, "loss", NN.loss())
        NN.backprop()
    NN.feedforward()
    print(NN.output)
