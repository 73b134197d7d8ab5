import numpy as np


def patch_index(C, H, W, fh, fw, stride):
    """For every output place the flat positions of its patch: (places, C * fh * fw)."""
    oh, ow = (H - fh)//stride + 1, (W - fw)//stride + 1
    top = np.repeat(np.arange(oh)*stride, ow)
    left = np.tile(np.arange(ow)*stride, oh)
    c, i, j = np.meshgrid(np.arange(C), np.arange(fh), np.arange(fw), indexing='ij')
    rows = top[:, None] + i.ravel()
    cols = left[:, None] + j.ravel()
    return (c.ravel()*H + rows)*W + cols, oh, ow


class Convolution:
    """Convolution as one matrix product per picture (patches x filters)."""

    def __init__(self, W, b, stride=1, pad=0):
        self.W = W                  # (filters, channels, height, width)
        self.b = b
        self.stride = stride
        self.pad = pad

    def forward(self, x):
        p = self.pad
        self.padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        N, C, H, Wd = self.padded.shape
        self.where, oh, ow = patch_index(C, H, Wd, *self.W.shape[2:], self.stride)
        self.patches = self.padded.reshape(N, -1)[:, self.where]
        out = self.patches @ self.W.reshape(len(self.W), -1).T + self.b
        return out.transpose(0, 2, 1).reshape(N, len(self.W), oh, ow)

    def backward(self, dout):
        N, F = dout.shape[:2]
        d = dout.reshape(N, F, -1).transpose(0, 2, 1)
        self.db = d.sum(axis=(0, 1))
        self.dW = np.tensordot(d, self.patches, axes=([0, 1], [0, 1])).reshape(self.W.shape)
        dpatches = d @ self.W.reshape(F, -1)
        dx = np.zeros((N, self.padded[0].size))
        for n in range(N):
            np.add.at(dx[n], self.where, dpatches[n])
        dx = dx.reshape(self.padded.shape)
        p = self.pad
        return dx[:, :, p:dx.shape[2] - p, p:dx.shape[3] - p]
