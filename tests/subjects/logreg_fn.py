"""Logistic regression as a neural network with one neuron: will the student pass?"""
import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def initialize_with_zeros(dim):
    return np.zeros((dim, 1)), 0.0


def propagate(w, b, X, Y):
    m = X.shape[1]
    A = sigmoid(np.dot(w.T, X) + b)
    cost = -1 / m * np.sum(Y * np.log(A) + (1 - Y) * np.log(1 - A))
    dw = 1 / m * np.dot(X, (A - Y).T)
    db = 1 / m * np.sum(A - Y)
    return {"dw": dw, "db": db}, cost


def optimize(w, b, X, Y, num_iterations, learning_rate):
    costs = []
    for i in range(num_iterations):
        grads, cost = propagate(w, b, X, Y)
        w = w - learning_rate * grads["dw"]
        b = b - learning_rate * grads["db"]
        if i % 100 == 0:
            costs.append(cost)
    return w, b, costs


def predict(w, b, X):
    return (sigmoid(np.dot(w.T, X) + b) > 0.5).astype(float)


def main():
    rng = np.random.RandomState(8)
    hours = rng.uniform(0, 10, 60)
    absent = rng.uniform(0, 5, 60)
    X = np.vstack((hours / 10, absent / 5))
    Y = (hours - 1.5 * absent + rng.randn(60) > 1).astype(float).reshape(1, 60)
    w, b = initialize_with_zeros(2)
    w, b, costs = optimize(w, b, X, Y, num_iterations=2000, learning_rate=1.0)
    print("costs", np.round(costs, 3))
    accuracy = 100 - np.mean(np.abs(predict(w, b, X) - Y)) * 100
    print("train accuracy: {} %".format(accuracy))
    return accuracy


if __name__ == "__main__":
    main()
