import numpy as np


def initialize_weights(layer_dims, scale=0.5):
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters["W%d" % l] = np.random.randn(layer_dims[l], layer_dims[l - 1]) * scale
        parameters["b%d" % l] = np.zeros((layer_dims[l], 1))
    return parameters


def forward_prop(parameters, X):
    A1 = np.maximum(0, parameters["W1"] @ X + parameters["b1"])
    A2 = 1 / (1 + np.exp(-(parameters["W2"] @ A1 + parameters["b2"])))
    return A1, A2


def cost_with_l2(parameters, X, Y, lambd):
    m = X.shape[1]
    _, A2 = forward_prop(parameters, X)
    logloss = -np.sum(Y * np.log(A2) + (1 - Y) * np.log(1 - A2)) / m
    l2 = lambd / (2 * m) * (np.sum(parameters["W1"] ** 2) + np.sum(parameters["W2"] ** 2))
    return logloss + l2


def back_prop_with_l2(parameters, X, Y, lambd):
    m = X.shape[1]
    A1, A2 = forward_prop(parameters, X)
    dZ2 = A2 - Y
    dW2 = dZ2 @ A1.T / m + lambd * parameters["W2"]
    db2 = np.sum(dZ2, axis=1, keepdims=True) / m
    dZ1 = (parameters["W2"].T @ dZ2) * (A1 > 0)
    dW1 = dZ1 @ X.T / m + lambd * parameters["W1"]
    db1 = np.sum(dZ1, axis=1, keepdims=True) / m
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def optimize(parameters, X, Y, lambd=0.7, learning_rate=0.3, num_iterations=1000):
    for _ in range(num_iterations):
        grads = back_prop_with_l2(parameters, X, Y, lambd)
        for name in parameters:
            parameters[name] = parameters[name] - learning_rate * grads[name]
    return parameters
