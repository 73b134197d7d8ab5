import numpy as np

def sigmoid(t):
    return 1/(1+np.exp(-t))

def sigmoid_derivative(p):
    return p * (1 - p)

class NeuralNetwork:
    def __init__(self, x, y):
        np.random.seed(2)
        self.input = x
        self.weights1 = np.random.rand(self.input.shape[1], 4) - 0.5
        self.weights2 = np.random.rand(4, 1) - 0.5
        self.y = y
        self.output = np.zeros(y.shape)

    def feedforward(self):
        self.layer1 = sigmoid(np.dot(self.input, self.weights1))
        self.layer2 = sigmoid(np.dot(self.layer1, self.weights2))
        return self.layer2

    def backprop(self):
        # chain rule for the sum of squares
        err = 2*(self.y - self.output)*sigmoid_derivative(self.output)
        d_weights2 = np.dot(self.layer1.T, err)
        d_weights1 = np.dot(self.input.T, np.dot(err, self.weights2.T)*sigmoid_derivative(self.layer1))
        self.weights1 += d_weights1
        self.weights2 += d_weights2

    def train(self):
        self.output = self.feedforward()
        self.backprop()

if __name__ == "__main__":
    X = np.array(([0,0,1],[0,1,1],[1,0,1],[1,1,1]), dtype=float)
    y = np.array(([0],[1],[1],[0]), dtype=float)
    NN = NeuralNetwork(X, y)
    for i in range(2500):
        if i % 500 == 0:
            print("for iteration # " + str(i))
            print("Predicted Output: \n" + str(NN.feedforward()))
            print("Loss: " + str(np.mean(np.square(y - NN.feedforward()))))
        NN.train()
    print(NN.feedforward())
