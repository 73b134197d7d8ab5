import numpy
from scipy.special import expit

# reads digits in the csv format: label, 784 grey values
class DigitReader:

    def __init__(self, inodes, hnodes, onodes, lr, seed=9):
        rs = numpy.random.RandomState(seed)
        self.lr = lr
        # wih: from input to hidden, who: from hidden to output
        self.wih = rs.normal(0.0, inodes ** -0.5, (hnodes, inodes))
        self.who = rs.normal(0.0, hnodes ** -0.5, (onodes, hnodes))

    def query(self, picture):
        self.inputs = numpy.atleast_2d(picture).T
        self.hidden = expit(self.wih.dot(self.inputs))
        return expit(self.who.dot(self.hidden))

    def train(self, picture, wanted):
        final = self.query(picture)
        targets = numpy.atleast_2d(wanted).T

        final_delta = (targets - final) * final * (1.0 - final)
        hidden_delta = self.who.T.dot(final_delta) * self.hidden * (1.0 - self.hidden)

        self.who += self.lr * final_delta.dot(self.hidden.T)
        self.wih += self.lr * hidden_delta.dot(self.inputs.T)


def records(filename):
    with open(filename) as f:
        for line in f:
            numbers = [float(v) for v in line.split(',')]
            yield int(numbers[0]), numpy.array(numbers[1:]) / 256 + 0.002


if __name__ == "__main__":
    n = DigitReader(784, 100, 10, 0.2)

    for e in range(5):
        for label, picture in records("digits/train_100.csv"):
            wanted = numpy.full(10, 0.02)
            wanted[label] = 0.98
            n.train(picture, wanted)

    hits = [n.query(picture).argmax() == label for label, picture in records("digits/test_10.csv")]
    print("recognised", sum(hits), "of", len(hits))
