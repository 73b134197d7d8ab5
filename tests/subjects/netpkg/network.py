from .losses import softmax_cross_entropy


class Network:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def train_step(self, x, labels, lr):
        loss, dout = softmax_cross_entropy(self.forward(x), labels)
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        for layer in self.layers:
            for name, value in layer.params.items():
                value -= lr * layer.grads[name]
        return loss
