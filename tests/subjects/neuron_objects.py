import math
import random


class Neuron:
    def __init__(self, n_inputs):
        self.weights = [random.uniform(-1, 1) for _ in range(n_inputs)]
        self.bias = random.uniform(-1, 1)

    def fire(self, inputs):
        self.inputs = inputs
        total = self.bias
        for w, x in zip(self.weights, inputs):
            total += w * x
        self.output = 1 / (1 + math.exp(-total))
        return self.output


class NeuronLayer:
    def __init__(self, n_neurons, n_inputs):
        self.neurons = [Neuron(n_inputs) for _ in range(n_neurons)]

    def feed(self, inputs):
        return [n.fire(inputs) for n in self.neurons]


class Brain:
    LEARNING_RATE = 0.5

    def __init__(self, n_in, n_hidden, n_out):
        self.hidden = NeuronLayer(n_hidden, n_in)
        self.out = NeuronLayer(n_out, n_hidden)

    def feed_forward(self, inputs):
        return self.out.feed(self.hidden.feed(inputs))

    def train(self, inputs, targets):
        self.feed_forward(inputs)

        # deltas first, changes afterwards
        for neuron, target in zip(self.out.neurons, targets):
            neuron.delta = (neuron.output - target) * neuron.output * (1 - neuron.output)
        for j, neuron in enumerate(self.hidden.neurons):
            error = 0
            for above in self.out.neurons:
                error += above.delta * above.weights[j]
            neuron.delta = error * neuron.output * (1 - neuron.output)

        for layer in (self.hidden, self.out):
            for neuron in layer.neurons:
                for k in range(len(neuron.weights)):
                    neuron.weights[k] -= self.LEARNING_RATE * neuron.delta * neuron.inputs[k]
                neuron.bias -= self.LEARNING_RATE * neuron.delta

    def total_error(self, samples):
        error = 0
        for inputs, targets in samples:
            for t, o in zip(targets, self.feed_forward(inputs)):
                error += 0.5 * (t - o) ** 2
        return error


if __name__ == "__main__":
    random.seed(6)
    samples = [((0, 0), (0, 1)), ((0, 1), (1, 0)), ((1, 0), (1, 0)), ((1, 1), (0, 1))]
    brain = Brain(2, 4, 2)
    for i in range(1500):
        inputs, targets = random.choice(samples)
        brain.train(inputs, targets)
        if i % 300 == 0:
            print(i, round(brain.total_error(samples), 4))
    for i in range(1500):
        for inputs, targets in samples:
            brain.train(inputs, targets)
    print("error", brain.total_error(samples))
