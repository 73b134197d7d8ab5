import numpy as np


class Layer:
    """A layer knows the one before and the one behind it."""

    def __init__(self, size, before=None):
        self.size = size
        self.before = before
        self.behind = None
        if before is not None:
            before.behind = self
            self.weight = np.random.randn(before.size, size) / before.size ** 0.5
            self.bias = np.zeros(size)

    def pull(self):
        """take the values of the layer before and make our own"""
        self.before_values = self.before.values
        self.values = np.tanh(self.before_values @ self.weight + self.bias)
        if self.behind is not None:
            self.behind.pull()

    def push(self, error):
        """error: derivative of the cost by our values"""
        local = error * (1 - self.values ** 2)
        self.weight_slope = self.before_values.T @ local
        self.bias_slope = local.sum(axis=0)
        if self.before.before is not None:
            self.before.push(local @ self.weight.T)

    def move(self, rate):
        self.weight -= rate * self.weight_slope
        self.bias -= rate * self.bias_slope
        if self.behind is not None:
            self.behind.move(rate)


class Chain:
    def __init__(self, *sizes):
        self.first = last = Layer(sizes[0])
        for size in sizes[1:]:
            last = Layer(size, last)
        self.last = last

    def answer(self, questions):
        self.first.values = np.atleast_2d(questions)
        self.first.behind.pull()
        return self.last.values

    def mistake(self, questions, answers):
        return 0.5 * np.sum((self.answer(questions) - answers) ** 2)

    def study(self, questions, answers, rate=0.05):
        mistake = self.mistake(questions, answers)
        self.last.push(self.last.values - answers)
        self.first.behind.move(rate)
        return mistake
