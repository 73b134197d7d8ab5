# neural network from scratch, one training pair at a time

import numpy as np

class NeuralNetwork():

    def __init__(self, inputs, hiddens, outputs, learning_rate = 0.3):

        np.random.seed(1)

        self.weights_ih = np.random.randn(hiddens, inputs)
        self.weights_ho = np.random.randn(outputs, hiddens)
        self.bias_h = np.random.randn(hiddens, 1)
        self.bias_o = np.random.randn(outputs, 1)
        self.learning_rate = learning_rate

    def sigmoid(self, x):
        return 1 / (1 + np.exp(-x))

    def dsigmoid(self, y):
        # y is already sigmoid(x)
        return y * (1 - y)

    def feedforward(self, input_array):

        inputs = np.array(input_array, ndmin = 2).T
        hidden = self.sigmoid(self.weights_ih @ inputs + self.bias_h)
        output = self.sigmoid(self.weights_ho @ hidden + self.bias_o)
        return output.flatten()

    def train(self, input_array, target_array):

        inputs = np.array(input_array, ndmin = 2).T
        targets = np.array(target_array, ndmin = 2).T

        hidden = self.sigmoid(self.weights_ih @ inputs + self.bias_h)
        outputs = self.sigmoid(self.weights_ho @ hidden + self.bias_o)

        # calculate the errors (error = targets - outputs)
        output_errors = targets - outputs

        gradients = self.dsigmoid(outputs) * output_errors
        hidden_gradients = self.dsigmoid(hidden) * (self.weights_ho.T @ gradients)

        self.weights_ho += self.learning_rate * gradients @ hidden.T
        self.bias_o += self.learning_rate * gradients

        self.weights_ih += self.learning_rate * hidden_gradients @ inputs.T
        self.bias_h += self.learning_rate * hidden_gradients


if __name__ == "__main__":

    nn = NeuralNetwork(2, 4, 1)
    training_data = [([0, 1], [1]), ([1, 0], [1]), ([0, 0], [0]), ([1, 1], [0])]
    for i in range(20000):
        inputs, targets = training_data[np.random.randint(4)]
        nn.train(inputs, targets)
    for inputs, targets in training_data:
        print(inputs, targets, nn.feedforward(inputs))
