import numpy as np

class FCLayer:
    def __init__(self, input_size, output_size):
        self.weights = np.random.rand(input_size, output_size) - 0.5
        self.bias = np.random.rand(1, output_size) - 0.5

    def forward(self, input):
        self.input = input
        return np.dot(input, self.weights) + self.bias

    def backward(self, output_error, learning_rate):
        input_error = np.dot(output_error, self.weights.T)
        weights_error = np.dot(self.input.T, output_error)
        self.weights -= learning_rate * weights_error
        self.bias -= learning_rate * output_error
        return input_error

class TanhLayer:
    def forward(self, input):
        self.input = input
        self.output = np.tanh(input)
        return self.output

    def backward(self, output_error, learning_rate):
        return output_error * (1 - self.input ** 2)

class Network:
    def __init__(self):
        self.layers = []

    def add(self, layer):
        self.layers.append(layer)

    def predict(self, data):
        result = []
        for sample in data:
            out = sample.reshape(1, -1)
            for layer in self.layers:
                out = layer.forward(out)
            result.append(out.ravel())
        return np.array(result)

    def fit(self, x_train, y_train, epochs, learning_rate):
        for i in range(epochs):
            err = 0
            for x, y in zip(x_train, y_train):
                out = x.reshape(1, -1)
                for layer in self.layers:
                    out = layer.forward(out)
                err += np.mean((y - out) ** 2)
                error = 2 * (out - y) / y.size
                for layer in reversed(self.layers):
                    error = layer.backward(error, learning_rate)
            if (i + 1) % 100 == 0:
                print('epoch %d/%d   error=%f' % (i + 1, epochs, err / len(x_train)))

np.random.seed(3)
x_train = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
y_train = np.array([[0], [1], [1], [0]], dtype=float)

net = Network()
net.add(FCLayer(2, 5))
net.add(TanhLayer())
net.add(FCLayer(5, 1))
net.add(TanhLayer())
net.fit(x_train, y_train, epochs=1000, learning_rate=0.2)
print(net.predict(x_train))
