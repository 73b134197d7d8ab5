import numpy as np

class ElmanNet(object):
    """ Elman network, linear output, one sequence at a time
        x: T x n_in     t: T x n_out
    """
    def __init__(self, n_in, n_hid, n_out):
        rand = np.random.RandomState(7).randn
        self.w_in = rand(n_in, n_hid)*0.4
        self.w_rec = rand(n_hid, n_hid)*0.4
        self.w_out = rand(n_hid, n_out)*0.4
        self.b_hid = np.zeros(n_hid)
        self.b_out = np.zeros(n_out)

    def run(self, x):
        T = len(x)
        h = np.zeros((T + 1, self.w_rec.shape[0]))      # h[-1] stays zero
        for t in range(T):
            h[t] = np.tanh(x[t].dot(self.w_in) + h[t-1].dot(self.w_rec) + self.b_hid)
        return h, h[:T].dot(self.w_out) + self.b_out

    def error(self, x, t):
        return 0.5*np.sum((self.run(x)[1] - t)**2)

    def gradients(self, x, t):
        T = len(x)
        h, y = self.run(x)
        dy = y - t
        g_in = np.zeros_like(self.w_in)
        g_rec = np.zeros_like(self.w_rec)
        g_bh = np.zeros_like(self.b_hid)
        delta = np.zeros(self.w_rec.shape[0])
        for k in range(T - 1, -1, -1):
            delta = (dy[k].dot(self.w_out.T) + delta.dot(self.w_rec.T))*(1 - h[k]**2)
            g_in += np.outer(x[k], delta)
            g_rec += np.outer(h[k], delta)
            g_bh += delta
        g_out = h[:T].T.dot(dy)
        return g_in, g_rec, g_out, g_bh, dy.sum(axis=0)

    def train(self, x, t, lr=0.01):
        for p, g in zip((self.w_in, self.w_rec, self.w_out, self.b_hid, self.b_out), self.gradients(x, t)):
            p -= lr*g
        return self.error(x, t)
