# Digit recognizer, neural network from scratch, no TF/Keras just numpy & maths
import numpy as np
import pandas as pd
from matplotlib import pyplot as plt

data = pd.read_csv('/kaggle/input/digit-recognizer/train.csv')
data = np.array(data)
m, n = data.shape
np.random.shuffle(data)

data_dev = data[0:1000].T
Y_dev = data_dev[0]
X_dev = data_dev[1:n] / 255.

data_train = data[1000:m].T
Y_train = data_train[0]
X_train = data_train[1:n] / 255.

def initialise():
    w1 = np.random.randn(16, 784) * np.sqrt(1. / 784)
    b1 = np.random.randn(16, 1) * 0.1
    w2 = np.random.randn(10, 16) * np.sqrt(1. / 16)
    b2 = np.random.randn(10, 1) * 0.1
    return w1, b1, w2, b2

def softmax(z):
    e = np.exp(z - z.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)

def fwd(w1, b1, w2, b2, X):
    z1 = w1.dot(X) + b1
    a1 = np.maximum(0, z1)
    z2 = w2.dot(a1) + b2
    return z1, a1, z2, softmax(z2)

def onehot(Y):
    Y = Y.astype(int)
    o = np.zeros((Y.size, 10))
    o[np.arange(Y.size), Y] = 1
    return o.T

def bwd(z1, a1, a2, w2, X, Y):
    m = Y.size
    dz2 = a2 - onehot(Y)
    dw2 = 1 / m * dz2.dot(a1.T)
    db2 = 1 / m * np.sum(dz2)
    dz1 = w2.T.dot(dz2) * (z1 > 0)
    dw1 = 1 / m * dz1.dot(X.T)
    db1 = 1 / m * np.sum(dz1)
    return dw1, db1, dw2, db2

def learn(X, Y, alpha, iterations):
    w1, b1, w2, b2 = initialise()
    for i in range(iterations):
        z1, a1, z2, a2 = fwd(w1, b1, w2, b2, X)
        dw1, db1, dw2, db2 = bwd(z1, a1, a2, w2, X, Y)
        w1 -= alpha * dw1
        b1 -= alpha * db1
        w2 -= alpha * dw2
        b2 -= alpha * db2
        if i % 10 == 0:
            print(i, np.mean(a2.argmax(axis=0) == Y))
    return w1, b1, w2, b2

w1, b1, w2, b2 = learn(X_train, Y_train, 0.1, 500)
plt.imshow(X_train[:, 0].reshape(28, 28) * 255, cmap='gray')
plt.show()
print('dev accuracy', np.mean(fwd(w1, b1, w2, b2, X_dev)[3].argmax(axis=0) == Y_dev))
