import numpy as np


class Gate:
    """One sigmoid neuron."""

    def __init__(self, n_inputs, rate=1.0):
        self.weights = np.zeros(n_inputs)
        self.bias = 0.0
        self.rate = rate

    def __call__(self, inputs):
        return 1 / (1 + np.exp(-(inputs @ self.weights + self.bias)))

    def cost(self, inputs, wanted):
        out = self(inputs)
        return -np.mean(wanted * np.log(out) + (1 - wanted) * np.log(1 - out))

    def teach(self, inputs, wanted, rounds):
        for _ in range(rounds):
            difference = self(inputs) - wanted
            self.weights -= self.rate * inputs.T @ difference / len(wanted)
            self.bias -= self.rate * difference.mean()


TABLES = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "nand": [1, 1, 1, 0], "nor": [1, 0, 0, 0]}

if __name__ == "__main__":
    inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    gates = {}
    for name, wanted in TABLES.items():
        gate = gates[name] = Gate(2)
        gate.teach(inputs, np.array(wanted), 1500)
        print(f"{name:5s} cost {gate.cost(inputs, np.array(wanted)):.4f}", gate(inputs).round(2))
