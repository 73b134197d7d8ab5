import numpy as np

np.random.seed(0)

training_inputs = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
training_outputs = np.array([[0], [1], [1], [0]])      # exclusive or

weights = 2 * np.random.random((2, 1)) - 1
bias = 2 * np.random.random(1) - 1


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_derivative(s):
    return s * (1 - s)


print("Random starting weights:")
print(weights.T)

for iteration in range(5000):
    outputs = sigmoid(np.dot(training_inputs, weights) + bias)
    error = training_outputs - outputs
    adjustments = error * sigmoid_derivative(outputs)
    weights += np.dot(training_inputs.T, adjustments)
    bias += adjustments.sum(axis=0)

print("Weights after training:")
print(weights.T)
print("Outputs after training:")
print(outputs)
