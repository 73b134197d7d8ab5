import numpy as np


class Tide:
    def __init__(self):
        self.history = []

    def run(self, X):
        self.Z1 = np.dot(self.W1, X) + self.b1
        self.A1 = np.tanh(self.Z1)
        self.out = np.dot(self.W2, self.A1) + self.b2
        return self.out

    def backward(self):
        dZ2 = (self.out - self.targets) / self.m
        dW2 = np.dot(dZ2, self.Z1.T)
        db2 = np.sum(dZ2, axis=1, keepdims=True)
        dZ1 = np.dot(self.W2.T, dZ2) * (1 - self.A1 ** 2)
        dW1 = np.dot(dZ1, self.inputs.T)
        db1 = np.sum(dZ1, axis=1, keepdims=True)
