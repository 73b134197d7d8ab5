import numpy

class BiasTrickNet(object):
	"""MLP where every layer gets one extra input that is always 1 (the last one)."""

	def __init__(self, n_in, n_hidden, n_out, seed=5):
		r = numpy.random.RandomState(seed)
		self.layers = [r.randn(n_hidden, n_in + 1) * 0.5,
		               r.randn(n_hidden, n_hidden + 1) * 0.5,
		               r.randn(n_out, n_hidden + 1) * 0.5]

	def _extend(self, a):
		return numpy.hstack([a, numpy.ones((len(a), 1))])

	def activate(self, X):
		values = [self._extend(X)]
		for M in self.layers[:-1]:
			values.append(self._extend(numpy.tanh(values[-1].dot(M.T))))
		return values, values[-1].dot(self.layers[-1].T)

	def output(self, X):
		return self.activate(X)[1]

	def gradient(self, X, T):
		values, out = self.activate(X)
		back = (out - T) / len(X)
		g = []
		for k in (2, 1, 0):
			g.insert(0, back.T.dot(values[k]))
			if k:
				h = values[k][:, :-1]
				back = back.dot(self.layers[k][:, :-1]) * (1 - h * h)
		return g

	def improve(self, X, T, eps=0.1):
		for M, g in zip(self.layers, self.gradient(X, T)):
			M -= eps * g
		return 0.5 * ((self.output(X) - T) ** 2).sum() / len(X)
