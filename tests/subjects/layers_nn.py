import numpy as np

rng = np.random.RandomState(0)


class Dense_Layer:
    def __init__(self, n_inputs, n_neurons, scale=0.1):
        self.weights = rng.randn(n_inputs, n_neurons) * scale
        self.biases = np.zeros((1, n_neurons))
        self.speed_w, self.speed_b = np.zeros_like(self.weights), np.zeros_like(self.biases)

    def forward(self, inputs):
        self.inputs = inputs
        self.output = inputs @ self.weights + self.biases

    def backward(self, dvalues):
        self.dbiases = dvalues.sum(axis=0, keepdims=True)
        self.dweights = self.inputs.T @ dvalues
        self.dinputs = dvalues @ self.weights.T


class Relu_Layer:
    def forward(self, inputs):
        self.off = inputs <= 0
        self.output = np.where(self.off, 0, inputs)

    def backward(self, dvalues):
        self.dinputs = np.where(self.off, 0, dvalues)


class Softmax_Loss:
    def forward(self, inputs, labels):
        self.labels = labels
        e = np.exp(inputs - inputs.max(axis=1, keepdims=True))
        self.output = e / e.sum(axis=1, keepdims=True)
        likelihood = self.output[np.arange(len(labels)), labels]
        return -np.log(np.clip(likelihood, 1e-7, 1)).mean()

    def backward(self):
        one_hot = np.eye(self.output.shape[1])[self.labels]
        self.dinputs = (self.output - one_hot) / len(one_hot)


class Momentum_SGD:
    def __init__(self, rate=1., decay=0., momentum=0.):
        self.rate, self.decay, self.momentum, self.steps = rate, decay, momentum, 0

    def apply(self, *layers):
        now = self.rate / (1. + self.decay * self.steps)
        for layer in layers:
            layer.speed_w = self.momentum * layer.speed_w - now * layer.dweights
            layer.speed_b = self.momentum * layer.speed_b - now * layer.dbiases
            layer.weights += layer.speed_w
            layer.biases += layer.speed_b
        self.steps += 1


def rings(n):
    y = np.arange(n) % 3
    a = rng.uniform(0, 2 * np.pi, n)
    r = 0.3 + 0.4 * y + 0.06 * rng.randn(n)
    return np.c_[r * np.cos(a), r * np.sin(a)], y


if __name__ == '__main__':
    X, y = rings(150)
    dense1, relu, dense2, loss_fn = Dense_Layer(2, 32), Relu_Layer(), Dense_Layer(32, 3), Softmax_Loss()
    sgd = Momentum_SGD(rate=0.5, decay=1e-3, momentum=0.9)
    for epoch in range(401):
        dense1.forward(X)
        relu.forward(dense1.output)
        dense2.forward(relu.output)
        loss = loss_fn.forward(dense2.output, y)
        accuracy = np.mean(loss_fn.output.argmax(axis=1) == y)
        if epoch % 100 == 0:
            print(epoch, 'accuracy %.3f loss %.3f' % (accuracy, loss))
        loss_fn.backward()
        dense2.backward(loss_fn.dinputs)
        relu.backward(dense2.dinputs)
        dense1.backward(relu.dinputs)
        sgd.apply(dense1, dense2)
