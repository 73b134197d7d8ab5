# neural network from scratch, one training pair at a time

import numpy as np

class PairNet():

    def __init__(self, n_in, n_hid, n_out, learning_rate = 0.3):

        rand = np.random.RandomState(1)

        self.weights_ih = rand.normal(size = (n_hid, n_in))
        self.weights_ho = rand.normal(size = (n_out, n_hid))
        self.bias_h = rand.normal(size = (n_hid, 1))
        self.bias_o = rand.normal(size = (n_out, 1))
        self.learning_rate = learning_rate

    def column(self, numbers):
        return np.reshape(np.asarray(numbers, dtype = float), (-1, 1))

    def sigmoid(self, x):
        return 1 / (1 + np.exp(-x))

    def dsigmoid(self, y):
        # y is already sigmoid(x)
        return y * (1 - y)

    def run(self, numbers):

        self.inputs = self.column(numbers)
        self.hidden = self.sigmoid(self.weights_ih @ self.inputs + self.bias_h)
        return self.sigmoid(self.weights_ho @ self.hidden + self.bias_o)

    def train(self, numbers, wanted):

        outputs = self.run(numbers)
        targets = self.column(wanted)

        # what is missing, times the slope, layer by layer
        push_o = (targets - outputs) * self.dsigmoid(outputs)
        push_h = (self.weights_ho.T @ push_o) * self.dsigmoid(self.hidden)

        self.weights_ho += self.learning_rate * push_o @ self.hidden.T
        self.weights_ih += self.learning_rate * push_h @ self.inputs.T
        self.bias_o += self.learning_rate * push_o
        self.bias_h += self.learning_rate * push_h


if __name__ == "__main__":

    nn = PairNet(2, 4, 1)
    pairs = [([0, 1], [1]), ([1, 0], [1]), ([0, 0], [0]), ([1, 1], [0])]
    pick = np.random.RandomState(2)
    for i in range(20000):
        numbers, wanted = pairs[pick.randint(4)]
        nn.train(numbers, wanted)
    for numbers, wanted in pairs:
        print(numbers, wanted, nn.run(numbers).ravel())
