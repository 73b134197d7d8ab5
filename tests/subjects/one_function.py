import numpy as np


def train_network(X, Y, n_hidden=6, eta=0.8, n_epochs=2000, seed=0, verbose=True):
    """Trains a network with one hidden layer and returns a function that predicts."""
    rng = np.random.RandomState(seed)
    n, d = X.shape
    k = Y.shape[1]
    W = rng.randn(d + 1, n_hidden)
    V = rng.randn(n_hidden + 1, k)

    def extend(A):
        return np.column_stack((np.ones(len(A)), A))

    def sigmoid(A):
        return 1.0 / (1.0 + np.exp(-A))

    Xe = extend(X)
    for epoch in range(n_epochs):
        H = sigmoid(Xe.dot(W))
        He = extend(H)
        O = sigmoid(He.dot(V))

        if verbose and epoch % 500 == 0:
            print(epoch, "E =", 0.5 * np.sum((O - Y) ** 2) / n)

        dO = (O - Y) * O * (1 - O)
        dH = dO.dot(V[1:].T) * H * (1 - H)
        V -= eta * He.T.dot(dO) / n
        W -= eta * Xe.T.dot(dH) / n

    return lambda Z: sigmoid(extend(sigmoid(extend(Z).dot(W))).dot(V))


if __name__ == "__main__":
    # which of three lamps is on (one, two or all of them may be dimmed)
    rng = np.random.RandomState(1)
    Y = np.eye(3)[np.arange(45) % 3]
    X = Y * rng.uniform(0.6, 1, (45, 1)) + rng.uniform(0, 0.3, (45, 3))
    predict = train_network(X, Y, eta=4.0)
    print("right:", np.mean(predict(X).argmax(axis=1) == Y.argmax(axis=1)))
