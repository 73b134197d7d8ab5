import numpy as np

def layer_sizes(X, Y, n_h=5):
    return X.shape[0], n_h, Y.shape[0]

def initialize(n_x, n_h, n_y):
    np.random.seed(2)
    parameters = {"W1": np.random.randn(n_h, n_x),
                  "b1": np.zeros((n_h, 1)),
                  "W2": np.random.randn(n_y, n_h) * 0.5,
                  "b2": np.zeros((n_y, 1))}
    return parameters

def sig(Z):
    return 1 / (1 + np.exp(-Z))

def forward(X, parameters):
    Z1 = np.dot(parameters["W1"], X) + parameters["b1"]
    A1 = sig(Z1)
    Z2 = np.dot(parameters["W2"], A1) + parameters["b2"]
    A2 = sig(Z2)
    cache = {"Z1": Z1, "A1": A1, "Z2": Z2, "A2": A2}
    return A2, cache

def cost_fn(A2, Y):
    m = Y.shape[1]
    logprobs = np.multiply(np.log(A2), Y) + np.multiply(np.log(1 - A2), 1 - Y)
    return -np.sum(logprobs) / m

def backward(parameters, cache, X, Y):
    m = X.shape[1]
    W2 = parameters["W2"]
    A1, A2 = cache["A1"], cache["A2"]
    dZ2 = A2 - Y
    dW2 = (1. / m) * np.dot(dZ2, A1.T)
    db2 = (1. / m) * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = np.dot(W2.T, dZ2) * (1 - np.power(A1, 2))
    dW1 = (1. / m) * np.dot(dZ1, X.T)
    db1 = (1. / m) * np.sum(dZ1, axis=1, keepdims=True)
    return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}

def update(parameters, grads, learning_rate=1.2):
    return {k: parameters[k] - learning_rate * grads["d" + k] for k in parameters}

def nn_model(X, Y, n_h, num_iterations=3000):
    n_x, n_h, n_y = layer_sizes(X, Y, n_h)
    parameters = initialize(n_x, n_h, n_y)
    for i in range(num_iterations):
        A2, cache = forward(X, parameters)
        cost = cost_fn(A2, Y)
        grads = backward(parameters, cache, X, Y)
        parameters = update(parameters, grads)
        if i % 500 == 0:
            print("iteration", i, "cost", cost)
    return parameters
