import numpy
import scipy.special

# three layer network, trained on the csv version of the digits
class neuralNetwork:

    def __init__(self, inputnodes, hiddennodes, outputnodes, learningrate):
        self.inodes = inputnodes
        self.hnodes = hiddennodes
        self.onodes = outputnodes
        self.lr = learningrate
        numpy.random.seed(9)
        self.wih = numpy.random.normal(0.0, pow(self.inodes, -0.5), (self.hnodes, self.inodes))
        self.who = numpy.random.normal(0.0, pow(self.hnodes, -0.5), (self.onodes, self.hnodes))
        self.activation = lambda x: scipy.special.expit(x)

    def train(self, inputs_list, targets_list):
        inputs = numpy.array(inputs_list, ndmin=2).T
        targets = numpy.array(targets_list, ndmin=2).T

        hidden = self.activation(numpy.dot(self.wih, inputs))
        final = self.activation(numpy.dot(self.who, hidden))

        final_delta = (targets - final) * final * (1.0 - final)
        hidden_delta = numpy.dot(self.who.T, final_delta) * hidden * (1.0 - hidden)

        self.who += self.lr * numpy.dot(final_delta, hidden.T)
        self.wih += self.lr * numpy.dot(hidden_delta, inputs.T)

    def query(self, inputs_list):
        inputs = numpy.array(inputs_list, ndmin=2).T
        hidden = self.activation(numpy.dot(self.wih, inputs))
        return self.activation(numpy.dot(self.who, hidden))


def scale(record):
    values = record.split(',')
    pixels = numpy.asarray(values[1:], dtype=float) / 255.0 * 0.99 + 0.01
    targets = numpy.zeros(10) + 0.01
    targets[int(values[0])] = 0.99
    return int(values[0]), pixels, targets


if __name__ == "__main__":
    n = neuralNetwork(784, 100, 10, 0.2)

    training_data_file = open("digits/train_100.csv", 'r')
    training_data_list = training_data_file.readlines()
    training_data_file.close()

    epochs = 5
    for e in range(epochs):
        for record in training_data_list:
            label, pixels, targets = scale(record)
            n.train(pixels, targets)

    scorecard = []
    with open("digits/test_10.csv", 'r') as f:
        for record in f:
            label, pixels, _ = scale(record)
            scorecard.append(1 if numpy.argmax(n.query(pixels)) == label else 0)
    print("performance =", sum(scorecard) / len(scorecard))
