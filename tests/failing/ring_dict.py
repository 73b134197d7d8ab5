import numpy as np

def initialize_parameters(layer_dims):
    parameters = {}
    for l in range(1, len(layer_dims)):
        parameters["W" + str(l)] = np.zeros((layer_dims[l], layer_dims[l - 1]))
        parameters["b" + str(l)] = np.zeros((layer_dims[l], 1))
    return parameters

def relu(Z):
    return np.maximum(0, Z)

def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))

def model_forward(X, parameters):
    caches, A = [], X
    L = len(parameters) // 2
    for l in range(1, L + 1):
        Z = np.dot(parameters["W%d" % l], A) + parameters["b%d" % l]
        caches.append((A, Z))
        A = relu(Z) if l < L else sigmoid(Z)
    return A, caches

def compute_cost(AL, Y):
    m = Y.shape[1]
    return -np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m

def model_backward(AL, Y, parameters, caches):
    grads, m, L = {}, Y.shape[1], len(caches)
    dZ = AL - Y
    for l in range(L, 0, -1):
        A_prev, Z = caches[l - 1]
        grads["dW%d" % l] = np.dot(dZ, A_prev.T) / m
        grads["db%d" % l] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 1:
            dZ = np.dot(parameters["W%d" % l].T, dZ) * (caches[l - 2][1] > 0)
    return grads

def L_layer_model(X, Y, layers_dims, learning_rate=0.3, num_iterations=2500, print_cost=False):
    parameters = initialize_parameters(layers_dims)
    for i in range(num_iterations):
        AL, caches = model_forward(X, parameters)
        cost = compute_cost(AL, Y)
        grads = model_backward(AL, Y, parameters, caches)
        for key in parameters:
            parameters[key] = parameters[key] - learning_rate * grads["d" + key]
        if print_cost and i % 500 == 0:
            print("Cost after iteration %i: %f" % (i, cost))
    return parameters

np.random.seed(1)
train_x = np.random.randn(2, 120)
train_y = ((train_x ** 2).sum(axis=0, keepdims=True) < 1.2).astype(int)
parameters = L_layer_model(train_x, train_y, [2, 7, 4, 1], print_cost=True)
probs, _ = model_forward(train_x, parameters)
print("train accuracy:", np.mean((probs > 0.5) == train_y))
