import numpy as np

def init_params(n_x, n_h1, n_h2, n_y):
    np.random.seed(0)
    dims = [n_x, n_h1, n_h2, n_y]
    params = {}
    for i in range(1, 4):
        params[f"W{i}"] = np.random.randn(dims[i], dims[i-1])*np.sqrt(1/dims[i-1])
        params[f"b{i}"] = np.zeros((dims[i], 1))
    return params

def forward(X, params):
    cache = {"A0": X}
    for i in range(1, 4):
        Z = params[f"W{i}"] @ cache[f"A{i-1}"] + params[f"b{i}"]
        cache[f"A{i}"] = np.tanh(Z) if i < 3 else 1/(1 + np.exp(-Z))
    return cache["A3"], cache

def cost(A3, Y):
    return -np.mean(Y*np.log(A3) + (1 - Y)*np.log(1 - A3))

def backward(params, cache, Y):
    m = Y.shape[1]
    grads = {}

    dZ3 = (cache["A3"] - Y)/Y.size
    grads["dW3"] = dZ3 @ cache["A2"].T
    grads["db3"] = np.sum(dZ3, axis=1, keepdims=True)

    dA2 = params["W3"].T @ dZ3
    dZ2 = dA2*(1 - cache["A2"]**2)
    grads["dW2"] = dZ2 @ cache["A1"].T
    grads["db2"] = np.sum(dZ2, axis=1, keepdims=True)

    dA1 = grads["dW2"].T @ dZ2
    dZ1 = dA1*(1 - cache["A1"]**2)
    grads["dW1"] = dZ1 @ cache["A0"].T
    grads["db1"] = np.sum(dZ1, axis=1, keepdims=True)
    return grads

def update(params, grads, lr):
    for i in (1, 2, 3):
        params[f"W{i}"] -= lr*grads[f"dW{i}"]
        params[f"b{i}"] -= lr*grads[f"db{i}"]
    return params
