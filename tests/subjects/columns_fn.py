import numpy as np

EPS = 1e-10

def init_parameters(n_x, n_h, n_y, seed=None):
    rng = np.random.RandomState(seed)
    W1 = rng.randn(n_h, n_x)*0.1
    b1 = np.zeros((n_h, 1))
    W2 = rng.randn(n_y, n_h)*0.1
    b2 = np.zeros((n_y, 1))
    return W1, b1, W2, b2

def forward_pass(X, W1, b1, W2, b2):
    Z1 = np.matmul(W1, X) + b1
    A1 = np.where(Z1 > 0, Z1, np.exp(np.minimum(Z1, 0)) - 1)        # elu
    Z2 = np.matmul(W2, A1) + b2
    A2 = 1/(1 + np.exp(-Z2))
    return Z1, A1, Z2, A2

def compute_loss(A2, Y):
    return np.squeeze(-np.mean(np.sum(Y*np.log(A2 + EPS) + (1 - Y)*np.log(1 - A2 + EPS), axis=0)))

def backward_pass(X, Y, Z1, A1, A2, W2):
    m = X.shape[1]
    dZ2 = A2 - Y
    dW2 = np.matmul(dZ2, A1.T)/m
    db2 = np.mean(dZ2, axis=1, keepdims=True)
    dA1 = np.matmul(W2.T, dZ2)
    dZ1 = np.where(Z1 > 0, dA1, dA1*(A1 + 1))
    dW1 = np.matmul(dZ1, X.T)/m
    db1 = np.mean(dZ1, axis=1, keepdims=True)
    return dW1, db1, dW2, db2

def gd_step(X, Y, W1, b1, W2, b2, alpha=0.5):
    Z1, A1, Z2, A2 = forward_pass(X, W1, b1, W2, b2)
    dW1, db1, dW2, db2 = backward_pass(X, Y, Z1, A1, A2, W2)
    W1 = W1 - alpha*dW1
    b1 = b1 - alpha*db1
    W2 = W2 - alpha*dW2
    b2 = b2 - alpha*db2
    return W1, b1, W2, b2, compute_loss(A2, Y)
