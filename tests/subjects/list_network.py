from math import exp
from random import seed, random

# a network is a list of layers, a layer a list of neurons, a neuron a dictionary;
# the last weight of a neuron is its bias


def make_network(n_inputs, n_hidden, n_outputs):
    network = []
    network.append([{"weights": [random() - 0.5 for _ in range(n_inputs + 1)]} for _ in range(n_hidden)])
    network.append([{"weights": [random() - 0.5 for _ in range(n_hidden + 1)]} for _ in range(n_outputs)])
    return network


def activate(weights, inputs):
    activation = weights[-1]
    for i in range(len(weights) - 1):
        activation += weights[i] * inputs[i]
    return activation


def transfer(activation):
    return 1.0 / (1.0 + exp(-activation))


def forward_propagate(network, row):
    inputs = row
    for layer in network:
        outputs = []
        for neuron in layer:
            neuron["output"] = transfer(activate(neuron["weights"], inputs))
            outputs.append(neuron["output"])
        inputs = outputs
    return inputs


def backward_propagate_error(network, expected):
    for i in reversed(range(len(network))):
        layer = network[i]
        for j, neuron in enumerate(layer):
            if i == len(network) - 1:
                error = expected[j] - neuron["output"]
            else:
                error = sum(above["weights"][j] * above["delta"] for above in network[i + 1])
            neuron["delta"] = error * neuron["output"] * (1.0 - neuron["output"])


def update_weights(network, row, l_rate):
    inputs = list(row)
    for layer in network:
        for neuron in layer:
            for j in range(len(inputs)):
                neuron["weights"][j] += l_rate * neuron["delta"] * inputs[j]
            neuron["weights"][-1] += l_rate * neuron["delta"]
        inputs = [neuron["output"] for neuron in layer]


def train_network(network, rows, l_rate, n_epoch):
    for epoch in range(n_epoch):
        sum_error = 0
        for *row, label in rows:
            outputs = forward_propagate(network, row)
            expected = [0.0, 0.0]
            expected[label] = 1.0
            sum_error += sum((e - o) ** 2 for e, o in zip(expected, outputs))
            backward_propagate_error(network, expected)
            update_weights(network, row, l_rate)
        if epoch % 50 == 0:
            print(">epoch=%d, lrate=%.3f, error=%.3f" % (epoch, l_rate, sum_error))
    return sum_error


if __name__ == "__main__":
    seed(1)
    rows = [[2.1, 2.3, 0], [1.2, 2.0, 0], [3.0, 4.1, 0], [1.0, 1.4, 0], [2.6, 2.9, 0],
            [7.2, 2.5, 1], [5.1, 2.2, 1], [6.8, 1.5, 1], [8.3, -0.4, 1], [7.4, 3.1, 1]]
    network = make_network(2, 3, 2)
    error = train_network(network, rows, 0.5, 200)
    for *row, label in rows:
        out = forward_propagate(network, row)
        print("expected=%d, got=%d" % (label, out.index(max(out))))
