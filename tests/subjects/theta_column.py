import numpy as np

def sigmoid(z):
    return 1.0/(1.0 + np.exp(-z))

def sigmoidGradient(z):
    return sigmoid(z)*(1 - sigmoid(z))

def nnCostFunction(nn_params, input_layer_size, hidden_layer_size, num_labels, X, y, lambda_):
    split = hidden_layer_size*(input_layer_size + 1)
    Theta1 = nn_params[:split].reshape(hidden_layer_size, input_layer_size + 1)
    Theta2 = nn_params[split:].reshape(num_labels, hidden_layer_size + 1)
    m = X.shape[0]

    # labels run from 1 to num_labels
    Y = np.zeros((m, num_labels))
    for i in range(m):
        Y[i, y[i] - 1] = 1

    a1 = np.hstack((np.ones((m, 1)), X))
    z2 = a1.dot(Theta1.T)
    a2 = np.hstack((np.ones((m, 1)), sigmoid(z2)))
    h = sigmoid(a2.dot(Theta2.T))

    J = -1.0/m*np.sum(Y*np.log(h) + (1 - Y)*np.log(1 - h))
    J += lambda_/(2.0*m)*(np.sum(Theta1[:, 1:]**2) + np.sum(Theta2[:, 1:]**2))

    Theta1_grad = np.zeros(Theta1.shape)
    Theta2_grad = np.zeros(Theta2.shape)
    for t in range(m):
        d3 = h[t] - Y[t]
        d2 = Theta2.T.dot(d3)[1:]*sigmoidGradient(z2[t])
        Theta2_grad += np.outer(d3, a2[t])
        Theta1_grad += np.outer(d2, a1[t])
    Theta1_grad /= m
    Theta2_grad /= m
    Theta1_grad[:, 1:] += lambda_/m*Theta1[:, 1:]
    Theta2_grad[:, 1:] += lambda_/m*Theta2[:, 1:]
    return J, np.concatenate((Theta1_grad.ravel(), Theta2_grad.ravel()))

def predict(Theta1, Theta2, X):
    ones = np.ones((X.shape[0], 1))
    a2 = sigmoid(np.hstack((ones, X)).dot(Theta1.T))
    return np.argmax(sigmoid(np.hstack((ones, a2)).dot(Theta2.T)), axis=1) + 1

if __name__ == '__main__':
    rs = np.random.RandomState(25)
    y = np.repeat([1, 2, 3], 20)
    X = np.array([[1, 1], [-1, 1], [0, -1]])[y - 1] + 0.4*rs.randn(60, 2)
    theta = rs.uniform(-0.5, 0.5, 5*3 + 3*6)
    for it in range(400):
        J, grad = nnCostFunction(theta, 2, 5, 3, X, y, 0.01)
        theta = theta - 2.0*grad
        if it % 100 == 0:
            print('Iteration %4d | Cost: %f' % (it, J))
    Theta1, Theta2 = theta[:15].reshape(5, 3), theta[15:].reshape(3, 6)
    print('Training set accuracy: %.1f' % (100*np.mean(predict(Theta1, Theta2, X) == y)))
