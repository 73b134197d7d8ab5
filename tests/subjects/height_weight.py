import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def deriv_sigmoid(x):
    fx = sigmoid(x)
    return fx * (1 - fx)


class PersonNetwork:
    """2 inputs (weight, height), 2 hidden neurons, 1 output (0: likes tea, 1: likes coffee)"""

    def __init__(self):
        rs = np.random.RandomState(2)
        self.w1, self.w2, self.w3, self.w4, self.w5, self.w6 = rs.normal(size=6)
        self.b1, self.b2, self.b3 = rs.normal(size=3)

    def feedforward(self, x):
        h1 = sigmoid(self.w1 * x[0] + self.w2 * x[1] + self.b1)
        h2 = sigmoid(self.w3 * x[0] + self.w4 * x[1] + self.b2)
        return sigmoid(self.w5 * h1 + self.w6 * h2 + self.b3)

    def step(self, x, y_true, rate):
        sum_h1 = self.w1 * x[0] + self.w2 * x[1] + self.b1
        h1 = sigmoid(sum_h1)
        sum_h2 = self.w3 * x[0] + self.w4 * x[1] + self.b2
        h2 = sigmoid(sum_h2)
        sum_o = self.w5 * h1 + self.w6 * h2 + self.b3
        y_pred = sigmoid(sum_o)

        d_sum_o = -2 * (y_true - y_pred) * deriv_sigmoid(sum_o)
        d_w5, d_w6, d_b3 = d_sum_o * h1, d_sum_o * h2, d_sum_o
        d_sum_h1 = d_sum_o * self.w5 * deriv_sigmoid(sum_h1)
        d_sum_h2 = d_sum_o * self.w6 * deriv_sigmoid(sum_h2)

        self.w1 -= rate * d_sum_h1 * x[0]
        self.w2 -= rate * d_sum_h1 * x[1]
        self.b1 -= rate * d_sum_h1
        self.w3 -= rate * d_sum_h2 * x[0]
        self.w4 -= rate * d_sum_h2 * x[1]
        self.b2 -= rate * d_sum_h2
        self.w5 -= rate * d_w5
        self.w6 -= rate * d_w6
        self.b3 -= rate * d_b3

    def train(self, data, all_y, rate=0.2, epochs=400):
        for epoch in range(epochs):
            for x, y in zip(data, all_y):
                self.step(x, y, rate)
            if epoch % 50 == 0:
                preds = np.apply_along_axis(self.feedforward, 1, data)
                print("Epoch %d loss: %.3f" % (epoch, ((all_y - preds) ** 2).mean()))


data = np.array([[-8, -3], [20, 6], [14, 4], [-17, -6], [-3, -1], [9, 3]]) / 10
wants = np.array([1, 0, 0, 1, 1, 0])

network = PersonNetwork()
network.train(data, wants)
print("someone new: %.3f" % network.feedforward(np.array([-0.7, -0.3])))
