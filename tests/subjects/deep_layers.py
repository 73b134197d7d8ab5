import numpy as np
# L-layer network:  [LINEAR -> RELU] x (L-1) -> LINEAR -> SIGMOID

def init_params(layer_dims, seed=3):
    np.random.seed(seed)
    params = {}
    for l in range(1, len(layer_dims)):
        params['W' + str(l)] = np.random.randn(layer_dims[l], layer_dims[l-1]) * np.sqrt(2. / layer_dims[l-1])
        params['b' + str(l)] = np.zeros((layer_dims[l], 1))
    return params

def relu(Z):
    return np.maximum(0, Z)

def sigmoid(Z):
    return 1. / (1. + np.exp(-Z))

def model_forward(X, params):
    L = len(params) // 2
    A = X
    caches = []
    for l in range(1, L + 1):
        A_prev = A
        Z = params['W' + str(l)] @ A_prev + params['b' + str(l)]
        A = sigmoid(Z) if l == L else relu(Z)
        caches.append((A_prev, Z))
    return A, caches

def cross_entropy_cost(AL, Y):
    m = Y.shape[1]
    AL = np.clip(AL, 1e-12, 1 - 1e-12)
    return float(-np.sum(Y * np.log(AL) + (1 - Y) * np.log(1 - AL)) / m)

def model_backward(AL, Y, caches, params):
    grads = {}
    L = len(caches)
    m = Y.shape[1]
    dZ = AL - Y
    for l in range(L, 0, -1):
        A_prev, Z = caches[l-1]
        grads['dW' + str(l)] = dZ @ A_prev.T / m
        grads['db' + str(l)] = np.sum(dZ, axis=1, keepdims=True) / m
        if l > 1:
            dA_prev = params['W' + str(l)].T @ dZ
            dZ = dA_prev * (caches[l-2][1] > 0)
    return grads

def apply_grads(params, grads, learning_rate):
    for key in params:
        params[key] = params[key] - learning_rate * grads['d' + key]
    return params

def moons(n=200, seed=1):
    rng = np.random.RandomState(seed)
    t = rng.uniform(0, np.pi, n)
    label = np.arange(n) % 2
    x = np.where(label, 1 - np.cos(t), np.cos(t)) + 0.1 * rng.randn(n)
    y = np.where(label, 0.5 - np.sin(t), np.sin(t)) + 0.1 * rng.randn(n)
    return np.vstack([x, y]), label.reshape(1, -1)

def L_layer_model(X, Y, dims, learning_rate=0.3, num_iterations=1500, print_cost=True):
    params = init_params(dims)
    costs = []
    for i in range(num_iterations):
        AL, caches = model_forward(X, params)
        cost = cross_entropy_cost(AL, Y)
        grads = model_backward(AL, Y, caches, params)
        params = apply_grads(params, grads, learning_rate)
        if i % 300 == 0:
            costs.append(cost)
            if print_cost:
                print("Cost after iteration %i: %f" % (i, cost))
    return params, costs

if __name__ == "__main__":
    X, Y = moons()
    params, costs = L_layer_model(X, Y, [2, 10, 6, 1])
    AL, _ = model_forward(X, params)
    print("Accuracy:", np.mean((AL > 0.5) == Y))
