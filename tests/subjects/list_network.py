from math import exp

# a network is a list of layers, a layer a list of cells, a cell a dictionary;
# the last weight of a cell belongs to a constant input


def grow(n_inputs, n_hidden, n_outputs, rnd):
    def cell(n):
        return {"weights": [rnd.uniform(-0.5, 0.5) for _ in range(n + 1)]}
    return [[cell(n_inputs) for _ in range(n_hidden)], [cell(n_hidden) for _ in range(n_outputs)]]


def excite(weights, inputs):
    s = weights[-1]
    for w, x in zip(weights, inputs):
        s += w * x
    return s


def forwards(network, row):
    signal = list(row)
    for layer in network:
        for cell in layer:
            cell["output"] = 1.0 / (1.0 + exp(-excite(cell["weights"], signal)))
        signal = [cell["output"] for cell in layer]
    return signal


def backwards(network, expected):
    for depth in range(len(network) - 1, -1, -1):
        for j, cell in enumerate(network[depth]):
            o = cell["output"]
            if depth + 1 < len(network):
                error = 0.0
                for upper in network[depth + 1]:
                    error += upper["weights"][j] * upper["delta"]
            else:
                error = expected[j] - o
            cell["delta"] = error * o * (1.0 - o)


def adapt(network, row, rate):
    signal = list(row)
    for layer in network:
        for cell in layer:
            for j, x in enumerate(signal):
                cell["weights"][j] += rate * cell["delta"] * x
            cell["weights"][-1] += rate * cell["delta"]
        signal = [cell["output"] for cell in layer]


def school(network, rows, rate, rounds):
    """rows: lists of numbers, the last of them the class (0, 1, ...)"""
    n_classes = len(network[-1])
    for r in range(rounds):
        miss = 0.0
        for *row, label in rows:
            expected = [float(label == k) for k in range(n_classes)]
            answer = forwards(network, row)
            miss += sum((e - a) ** 2 for e, a in zip(expected, answer))
            backwards(network, expected)
            adapt(network, row, rate)
        if r % 50 == 0:
            print("round %d: %.3f" % (r, miss))
    return miss
