import numpy as np
import time

def sigmoid(z): return 1/(1 + np.exp(-z))

def hypothesis(X, w, b):
    return sigmoid(X.dot(w) + b)

def log_loss(X, y, w, b):
    h = hypothesis(X, w, b)
    return -np.mean(y*np.log(h + 1e-10) + (1 - y)*np.log(1 - h + 1e-10))

def gradients(X, y, w, b):
    err = y - hypothesis(X, w, b)
    return X.T.dot(err)/len(y), err.mean()

def train(X, y, w, b, lr, n):
    for i in range(n):
        dw, db = gradients(X, y, w, b)
        w = w - lr*dw
        b = b - lr*db
        if i % 50 == 0:
            print('step', i, 'loss', log_loss(X, y, w, b))
    return w, b

# bag of words of a few mails; the last column counts exclamation marks
mails = np.array([
    [1, 0, 0, 2, 0, 1], [0, 1, 0, 0, 1, 0], [2, 0, 1, 1, 0, 3], [0, 2, 0, 0, 0, 0],
    [1, 0, 0, 1, 0, 2], [0, 0, 1, 0, 2, 0], [1, 0, 1, 1, 0, 1], [0, 1, 1, 0, 1, 1]], dtype=float)
spam = np.array([1, 0, 1, 0, 1, 0, 1, 0], dtype=float)

if __name__ == '__main__':
    start = time.time()
    w, b = np.zeros(6), 0.0
    w, b = train(mails, spam, w, b, 0.5, 300)
    print('took', round(time.time() - start, 2), 's')
    print('spam probability', hypothesis(mails, w, b).round(2))
