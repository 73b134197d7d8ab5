import numpy as np


class Convolution:
    """Three by three windows over one picture of several channels; the backward pass takes the step itself."""

    def __init__(self, count):
        self.kernels = np.random.randn(count, 3, 3, 3) / 9
        self.offsets = np.zeros(count)

    def windows(self, picture):
        height, width, _ = picture.shape
        for row in range(height - 2):
            for column in range(width - 2):
                yield row, column, picture[row:row + 3, column:column + 3]

    def forward(self, picture):
        self.picture = picture
        out = np.zeros((picture.shape[0] - 2, picture.shape[1] - 2, len(self.kernels)))
        for row, column, window in self.windows(picture):
            out[row, column] = (window * self.kernels).sum(axis=(1, 2, 3)) + self.offsets
        return out

    def backward(self, d_out, learn_rate):
        d_kernels = np.zeros_like(self.kernels)
        d_offsets = np.zeros_like(self.offsets)
        d_picture = np.zeros_like(self.picture)
        for row, column, window in self.windows(self.picture):
            for k in range(len(self.kernels)):
                d_kernels[k] += d_out[row, column, k] * window
                d_offsets[k] += d_out[row, column, k]
                d_picture[row:row + 3, column:column + 3] += d_out[row, column, k] * self.kernels[k]
        self.kernels -= learn_rate * d_kernels
        self.offsets -= learn_rate * d_offsets
        return d_picture
