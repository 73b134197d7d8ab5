import numpy as np

def sigmoid(z):
    return 1.0/(1.0 + np.exp(-z))

def initialize_network(n_inputs, n_hidden, n_outputs):
    rng = np.random.RandomState(13)
    W1 = rng.randn(n_hidden, n_inputs)
    b1 = np.zeros(n_hidden)
    W2 = rng.randn(n_outputs, n_hidden)
    b2 = np.zeros(n_outputs)
    return W1, b1, W2, b2

def predict(x, W1, b1, W2, b2):
    h = sigmoid(W1.dot(x) + b1)
    return h, sigmoid(W2.dot(h) + b2)

def total_error(X, Y, W1, b1, W2, b2):
    return sum(0.5*np.sum((predict(x, W1, b1, W2, b2)[1] - y)**2) for x, y in zip(X, Y))/len(X)

def full_gradient(X, Y, W1, b1, W2, b2):
    dW1, db1 = np.zeros_like(W1), np.zeros_like(b1)
    dW2, db2 = np.zeros_like(W2), np.zeros_like(b2)
    for x, y in zip(X, Y):
        h, o = predict(x, W1, b1, W2, b2)
        d2 = (o - y)*o*(1 - o)
        d1 = W2.T.dot(d2)*h*(1 - h)
        dW2 = np.outer(d2, h)
        db2 += d2
        dW1 = np.outer(d1, x)
        db1 += d1
    n = len(X)
    return dW1/n, db1/n, dW2/n, db2/n

def fit(X, Y, n_hidden, eta, n_epochs):
    params = initialize_network(X.shape[1], n_hidden, Y.shape[1])
    for e in range(n_epochs):
        grads = full_gradient(X, Y, *params)
        params = tuple(p - eta*g for p, g in zip(params, grads))
        if e % 500 == 0:
            print('epoch', e, 'error', total_error(X, Y, *params))
    return params

if __name__ == '__main__':
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
    Y = np.array([[0, 0], [1, 0], [1, 0], [0, 1]], dtype=float)
    params = fit(X, Y, 4, 5.0, 2500)
    print(np.array([predict(x, *params)[1] for x in X]).round(2))
