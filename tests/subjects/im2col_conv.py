import numpy as np


def im2col(x, fh, fw, stride=1, pad=0):
    N, C, H, W = x.shape
    oh = (H + 2*pad - fh)//stride + 1
    ow = (W + 2*pad - fw)//stride + 1
    img = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)], 'constant')
    col = np.zeros((N, C, fh, fw, oh, ow))
    for i in range(fh):
        for j in range(fw):
            col[:, :, i, j] = img[:, :, i:i + stride*oh:stride, j:j + stride*ow:stride]
    return col.transpose(0, 4, 5, 1, 2, 3).reshape(N*oh*ow, -1)


def col2im(col, shape, fh, fw, stride=1, pad=0):
    N, C, H, W = shape
    oh = (H + 2*pad - fh)//stride + 1
    ow = (W + 2*pad - fw)//stride + 1
    col = col.reshape(N, oh, ow, C, fh, fw).transpose(0, 3, 4, 5, 1, 2)
    img = np.zeros((N, C, H + 2*pad + stride - 1, W + 2*pad + stride - 1))
    for i in range(fh):
        for j in range(fw):
            img[:, :, i:i + stride*oh:stride, j:j + stride*ow:stride] += col[:, :, i, j]
    return img[:, :, pad:H + pad, pad:W + pad]


class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad

    def forward(self, x):
        FN, C, FH, FW = self.W.shape
        N, _, H, Wd = x.shape
        oh = (H + 2*self.pad - FH)//self.stride + 1
        ow = (Wd + 2*self.pad - FW)//self.stride + 1
        self.shape = x.shape
        self.col = im2col(x, FH, FW, self.stride, self.pad)
        self.col_W = self.W.reshape(FN, -1).T
        out = self.col.dot(self.col_W) + self.b
        return out.reshape(N, oh, ow, FN).transpose(0, 3, 1, 2)

    def backward(self, dout):
        FN, C, FH, FW = self.W.shape
        d = dout.transpose(0, 2, 3, 1).reshape(-1, FN)
        self.db = d.sum(axis=0)
        self.dW = self.col.T.dot(d).T.reshape(FN, C, FH, FW)
        return col2im(d.dot(self.col_W.T), self.shape, FH, FW, self.stride, self.pad)
