"""Coursework 1, part B"""
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def initialise_weights(layers, seed=0):
    rng = np.random.default_rng(seed)
    weights, biases = [], []
    for fan_in, fan_out in zip(layers[:-1], layers[1:]):
        weights.append(rng.normal(0, 1 / np.sqrt(fan_in), (fan_in, fan_out)))
        biases.append(np.zeros((1, fan_out)))
    return weights, biases


def forward_pass(X, weights, biases):
    activations = [X]
    for W, b in zip(weights, biases):
        activations.append(sigmoid(activations[-1] @ W + b))
    return activations


def cost_function(output, Y):
    return np.sum((output - Y) ** 2) / (2 * len(Y))


def backward_pass(activations, weights, Y):
    m = len(Y)
    output = activations[-1]
    delta = (output - Y) * output * (1 - output)
    weight_grads, bias_grads = [], []
    for layer in range(len(weights) - 1, -1, -1):
        weight_grads.insert(0, activations[layer].T @ delta / m)
        bias_grads.insert(0, delta[:1] / m)
        if layer:
            a = activations[layer]
            delta = delta @ weights[layer].T * a
    return weight_grads, bias_grads


def train(X, Y, layers, learning_rate=1.0, epochs=2000):
    weights, biases = initialise_weights(layers)
    for epoch in range(epochs):
        activations = forward_pass(X, weights, biases)
        dW, db = backward_pass(activations, weights, Y)
        weights = [W - learning_rate * g for W, g in zip(weights, dW)]
        biases = [b - learning_rate * g for b, g in zip(biases, db)]
        if epoch % 400 == 0:
            print(f"epoch {epoch} cost {cost_function(activations[-1], Y):.5f}")
    return weights, biases


if __name__ == "__main__":
    rng = np.random.default_rng(1)
    X = rng.uniform(-1, 1, (90, 2))
    Y = np.eye(3)[np.where(X[:, 0] > 0.2, 0, np.where(X[:, 1] > 0, 1, 2))]
    weights, biases = train(X, Y, [2, 8, 3], learning_rate=4.0)
    output = forward_pass(X, weights, biases)[-1]
    print("accuracy", np.mean(output.argmax(axis=1) == Y.argmax(axis=1)))
