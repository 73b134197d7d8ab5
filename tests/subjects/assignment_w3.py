# Week 3: planar data classification with one hidden layer
import numpy as np
import matplotlib.pyplot as plt
from testCases import layer_sizes_test_case
from planar_utils import plot_decision_boundary, load_planar_dataset

np.random.seed(1)


def sigmoid(x):
    return 1/(1+np.exp(-x))


def initialize_parameters(n_x, n_h, n_y):
    return {"W1": np.random.randn(n_h, n_x) * 0.5, "b1": np.zeros((n_h, 1)),
            "W2": np.random.randn(n_y, n_h) * 0.5, "b2": np.zeros((n_y, 1))}


def forward_propagation(X, parameters):
    A1 = np.tanh(np.dot(parameters["W1"], X) + parameters["b1"])
    A2 = sigmoid(np.dot(parameters["W2"], A1) + parameters["b2"])
    return A2, {"A1": A1, "A2": A2}


def compute_cost(A2, Y):
    return -float(np.sum(Y*np.log(A2) + (1-Y)*np.log(1-A2)))/Y.shape[1]


def backward_propagation(parameters, cache, X, Y):
    m = X.shape[1]
    dZ2 = cache["A2"] - Y
    dZ1 = np.dot(parameters["W2"].T, dZ2)*(1 - np.power(cache["A1"], 2))
    return {"dW2": np.dot(dZ2, cache["A1"].T)/m, "db2": np.sum(dZ2, axis=1, keepdims=True)/m,
            "dW1": np.dot(dZ1, X.T)/m, "db1": np.sum(dZ1, axis=1, keepdims=True)/m}


def update_parameters(parameters, grads, learning_rate):
    return {k: v - learning_rate*grads["d"+k] for k, v in parameters.items()}


def nn_model(X, Y, n_h, num_iterations=10000, print_cost=False):
    parameters = initialize_parameters(X.shape[0], n_h, Y.shape[0])
    for i in range(num_iterations):
        A2, cache = forward_propagation(X, parameters)
        cost = compute_cost(A2, Y)
        grads = backward_propagation(parameters, cache, X, Y)
        parameters = update_parameters(parameters, grads, 1.2)
        if print_cost and i % 1000 == 0:
            print("Cost after iteration %i: %f" % (i, cost))
    return parameters


X, Y = load_planar_dataset()
plt.scatter(X[0, :], X[1, :], c=Y.ravel(), s=40, cmap=plt.cm.Spectral)

parameters = nn_model(X, Y, n_h=4, print_cost=True)
plot_decision_boundary(lambda x: forward_propagation(x.T, parameters)[0] > 0.5, X, Y)
plt.title("hidden layer of size 4")
plt.show()
