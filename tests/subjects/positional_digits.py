import numpy as np

rng = np.random.RandomState(19)

def init_params():
    W1 = rng.rand(12, 35) - 0.5
    b1 = np.zeros((12, 1))
    W2 = rng.rand(10, 12) - 0.5
    b2 = np.zeros((10, 1))
    return W1, b1, W2, b2

def ReLU(Z):
    return np.maximum(Z, 0)

def softmax(Z):
    expZ = np.exp(Z - np.max(Z, axis=0))
    return expZ / np.sum(expZ, axis=0)

def forward_prop(W1, b1, W2, b2, X):
    Z1 = W1.dot(X) + b1
    A1 = ReLU(Z1)
    Z2 = W2.dot(A1) + b2
    A2 = softmax(Z2)
    return Z1, A1, Z2, A2

def one_hot(Y):
    return (np.arange(10)[:, None] == Y).astype(float)

def back_prop(Z1, A1, A2, W2, X, Y):
    m = Y.size
    dZ2 = A2 - one_hot(Y)
    dW2 = 1 / m * dZ2.dot(A1.T)
    db2 = 1 / m * np.sum(dZ2, axis=1, keepdims=True)
    dZ1 = W2.T.dot(dZ2) * (Z1 > 0)
    dW1 = 1 / m * dZ1.dot(X.T)
    db1 = 1 / m * np.sum(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2

def get_accuracy(A2, Y):
    return np.mean(A2.argmax(axis=0) == Y)

def gradient_descent(X, Y, alpha, iterations):
    W1, b1, W2, b2 = init_params()
    for i in range(iterations):
        Z1, A1, Z2, A2 = forward_prop(W1, b1, W2, b2, X)
        dW1, db1, dW2, db2 = back_prop(Z1, A1, A2, W2, X, Y)
        W1 = W1 - alpha * dW1
        b1 = b1 - alpha * db1
        W2 = W2 - alpha * dW2
        b2 = b2 - alpha * db2
        if i % 50 == 0:
            print("Iteration:", i, "accuracy:", get_accuracy(A2, Y))
    return W1, b1, W2, b2

# seven-row pictures of the digits, five pixels a row
rows = {0: "01110 10001 10001 10001 10001 10001 01110", 1: "00100 01100 00100 00100 00100 00100 01110",
        2: "01110 10001 00001 00110 01000 10000 11111", 3: "11110 00001 00001 01110 00001 00001 11110",
        4: "00010 00110 01010 10010 11111 00010 00010", 5: "11111 10000 11110 00001 00001 10001 01110",
        6: "00110 01000 10000 11110 10001 10001 01110", 7: "11111 00001 00010 00100 01000 01000 01000",
        8: "01110 10001 10001 01110 10001 10001 01110", 9: "01110 10001 10001 01111 00001 00010 01100"}
clean = np.array([[int(c) for c in rows[d].replace(" ", "")] for d in range(10)], dtype=float)
Y_train = np.repeat(np.arange(10), 12)
X_train = (clean[Y_train] + rng.randn(120, 35) * 0.25).T

W1, b1, W2, b2 = gradient_descent(X_train, Y_train, 0.5, 300)
print("done:", get_accuracy(forward_prop(W1, b1, W2, b2, X_train)[3], Y_train))
