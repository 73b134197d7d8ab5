import numpy

# fits a parabola   (python 2.6)

numpy.random.seed(3)
x = numpy.linspace(-1, 1, 20).reshape(20, 1)
t = x**2

N = len(x)
nh = 6
wh = numpy.random.randn(1, nh)
bh = numpy.random.randn(nh)
wo = numpy.random.randn(nh, 1)
bo = numpy.zeros(1)
eta = 0.3

def forward(x):
    h = numpy.tanh(numpy.dot(x, wh) + bh)
    return h, numpy.dot(h, wo) + bo

for step in xrange(2000):
    h, y = forward(x)
    err = y - t
    if step % 400 == 0:
        print "step", step, "mean square error", (err**2).mean()
    gwo = 1/N * numpy.dot(h.T, err)
    gbo = 1/N * err.sum(0)
    back = numpy.dot(err, wo.T) * (1 - h**2)
    gwh = 1/N * numpy.dot(x.T, back)
    gbh = 1/N * back.sum(0)
    wo = wo - eta*gwo
    bo = bo - eta*gbo
    wh = wh - eta*gwh
    bh = bh - eta*gbh

print "worst miss:", abs(forward(x)[1] - t).max()
