import numpy as np


def back_gradient(Theta1, Theta2, X_ones, y, num_labels):
    m = X_ones.shape[0]
    Theta1_grad = np.zeros(Theta1.shape)
    Theta2_grad = np.zeros(Theta2.shape)
    for i in range(m):
        a1 = X_ones[i].reshape(-1, 1)
        z2 = Theta1.dot(a1)
        a2 = np.vstack([[[1.0]], sigmoid(z2)])
        z3 = Theta2.dot(a2)
        a3 = sigmoid(z3)
        target = np.zeros((num_labels, 1))
        target[int(y[i])] = 1
        delta3 = a3 - target
        delta2 = Theta2[:, 1:].T.dot(delta3) * sigmoidGradient(z2)
        Theta1_grad += delta2.dot(a1.T)
        Theta2_grad += delta3.dot(a2.T)
    return Theta1_grad / m, Theta2_grad
