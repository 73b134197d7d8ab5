import numpy as np

class Conv2D:
    def __init__(self, in_channels, out_channels, kernel_size=3, stride=1, padding=0):
        self.stride, self.padding, self.k = stride, padding, kernel_size
        self.weight = np.random.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.1
        self.bias = np.zeros(out_channels)
        self.weight_grad = None
        self.bias_grad = None

    def forward(self, x):
        self.x = np.pad(x, ((0, 0), (0, 0), (self.padding,) * 2, (self.padding,) * 2))
        n, c, h, w = self.x.shape
        s, k = self.stride, self.k
        oh, ow = (h - k) // s + 1, (w - k) // s + 1
        out = np.zeros((n, len(self.weight), oh, ow))
        for i in range(oh):
            for j in range(ow):
                patch = self.x[:, :, i * s:i * s + k, j * s:j * s + k]
                out[:, :, i, j] = np.tensordot(patch, self.weight, axes=([1, 2, 3], [1, 2, 3])) + self.bias
        return out

    def backward(self, grad):
        s, k = self.stride, self.k
        self.weight_grad = np.zeros_like(self.weight)
        self.bias_grad = grad.sum(axis=(0, 2, 3))
        dx = np.zeros_like(self.x)
        for i in range(grad.shape[2]):
            for j in range(grad.shape[3]):
                patch = self.x[:, :, i * s:i * s + k, j * s:j * s + k]
                self.weight_grad += np.tensordot(grad[:, :, i, j], patch, axes=([0], [0]))
                dx[:, :, i * s:i * s + k, j * s:j * s + k] += np.tensordot(grad[:, :, i, j], self.weight, axes=([1], [0]))
        p = self.padding
        return dx[:, :, p:dx.shape[2] - p, p:dx.shape[3] - p]


class MaxPool2D:
    def __init__(self, size=2):
        self.size = size

    def forward(self, x):
        n, c, h, w = x.shape
        s = self.size
        self.x = x
        oh, ow = h // s, w // s
        self.cut = x[:, :, :oh * s, :ow * s].reshape(n, c, oh, s, ow, s)
        self.out = self.cut.max(axis=(3, 5))
        return self.out

    def backward(self, grad):
        n, c, h, w = self.x.shape
        s = self.size
        mask = self.cut == self.out[:, :, :, None, :, None]
        d = np.zeros_like(self.x)
        oh, ow = self.out.shape[2:]
        d[:, :, :oh * s, :ow * s] = (mask * grad[:, :, :, None, :, None]).reshape(n, c, oh * s, ow * s)
        return d


class Flatten:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1)

    def backward(self, grad):
        return grad.reshape(self.shape)


class ReLU:
    def forward(self, x):
        self.mask = x > 0
        return x * self.mask

    def backward(self, grad):
        return grad * self.mask
