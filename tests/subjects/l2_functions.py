import numpy as np

LAMBDA = 0.05


def init_net(n0, n1, n2):
    r = np.random.RandomState(33)
    return {"W1": r.randn(n1, n0) / np.sqrt(n0), "b1": np.zeros((n1, 1)),
            "W2": r.randn(n2, n1) / np.sqrt(n1), "b2": np.zeros((n2, 1))}


def softmax(Z):
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


def forward(net, X):
    Z1 = net["W1"].dot(X) + net["b1"]
    A1 = np.maximum(Z1, 0)
    return Z1, A1, softmax(net["W2"].dot(A1) + net["b2"])


def compute_cost_with_regularization(net, X, Y):
    m = X.shape[1]
    _, _, A2 = forward(net, X)
    entropy = -np.sum(Y * np.log(A2)) / m
    l2 = LAMBDA / 2 * (np.sum(np.square(net["W1"])) + np.sum(np.square(net["W2"])))
    return entropy + l2


def backward(net, X, Y):
    m = X.shape[1]
    Z1, A1, A2 = forward(net, X)
    dZ2 = (A2 - Y) / m
    dW2 = dZ2.dot(A1.T) + LAMBDA * net["W2"]
    db2 = dZ2.sum(axis=1, keepdims=True)
    dZ1 = net["W2"].T.dot(dZ2) * (Z1 > 0)
    dW1 = dZ1.dot(X.T)
    db1 = dZ1.sum(axis=1, keepdims=True)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def gradient_descent(net, X, Y, rate=0.5, steps=800):
    for s in range(steps):
        grads = backward(net, X, Y)
        for k, g in grads.items():
            net[k] = net[k] - rate * g
        if s % 200 == 0:
            print(s, "%.4f" % compute_cost_with_regularization(net, X, Y))
    return net


if __name__ == "__main__":
    r = np.random.RandomState(2)
    centre = np.array([[2, 0], [-1, 2], [-1, -2]]).T
    label = np.arange(90) % 3
    X = centre[:, label] + r.randn(2, 90) * 0.8
    Y = np.eye(3)[:, label]
    net = gradient_descent(init_net(2, 8, 3), X, Y)
    print("accuracy", np.mean(forward(net, X)[2].argmax(axis=0) == label))
