import numpy as np


def squash(x):
    return 1 / (1 + np.exp(-x))


def squash_slope(x):
    return squash(x) * (1 - squash(x))


class TeaOrCoffee:
    """2 inputs (cups a day, age), 2 hidden neurons, 1 output (0: tea, 1: coffee)"""

    def __init__(self):
        rs = np.random.RandomState(2)
        (self.w1, self.w2, self.w3, self.w4, self.w5, self.w6,
         self.b1, self.b2, self.b3) = rs.normal(size=9)

    def guess(self, x):
        self.n1 = self.w1 * x[0] + self.w2 * x[1] + self.b1
        self.n2 = self.w3 * x[0] + self.w4 * x[1] + self.b2
        self.n3 = self.w5 * squash(self.n1) + self.w6 * squash(self.n2) + self.b3
        return squash(self.n3)

    def step(self, x, truth, rate):
        y_pred = self.guess(x)

        # everything passes through the last neuron
        top = -2 * (truth - y_pred) * squash_slope(self.n3)
        left = top * self.w5 * squash_slope(self.n1)
        right = top * self.w6 * squash_slope(self.n2)

        self.w5 -= rate * top * squash(self.n1)
        self.w6 -= rate * top * squash(self.n2)
        self.b3 -= rate * top
        self.w1 -= rate * left * x[0]
        self.w2 -= rate * left * x[1]
        self.b1 -= rate * left
        self.w3 -= rate * right * x[0]
        self.w4 -= rate * right * x[1]
        self.b2 -= rate * right

    def train(self, people, drinks, rate=0.2, rounds=400):
        for r in range(rounds):
            for x, truth in zip(people, drinks):
                self.step(x, truth, rate)
            if r % 50 == 0:
                loss = np.mean([(t - self.guess(x)) ** 2 for x, t in zip(people, drinks)])
                print("round", r, "loss %.3f" % loss)


people = np.array([[-8, -3], [20, 6], [14, 4], [-17, -6], [-3, -1], [9, 3]]) / 10
drinks = np.array([1, 0, 0, 1, 1, 0])

network = TeaOrCoffee()
network.train(people, drinks)
print("someone new: %.3f" % network.guess(np.array([-0.7, -0.3])))
