import numpy as np

def f(a): return np.tanh(a)
def fprime(z): return 1 - z**2

rng = np.random.RandomState(61)

# training set: quadrant of a point
N = 96
X = rng.uniform(-1, 1, size=(N, 2))
Y = np.where(X[:, :1] * X[:, 1:] > 0, 0.8, -0.8)

H = 8
V = rng.normal(0, 1, (3, H))
W = rng.normal(0, 0.5, (H + 1, 1))
eta, batch = 0.4, 12

def forward(x):
    x1 = np.hstack([x, np.ones((len(x), 1))])
    h = np.hstack([f(x1.dot(V)), np.ones((len(x), 1))])
    return x1, h, f(h.dot(W))

for epoch in range(400):
    X = X[rng.permutation(N)]
    for s in range(0, N, batch):
        x1, h, o = forward(X[s:s+batch])
        y = Y[s:s+batch]
        do = (o - y) * fprime(o) / batch
        dh = do.dot(W[:-1].T) * fprime(h[:, :-1])
        W -= eta * h.T.dot(do)
        V -= eta * x1.T.dot(dh)
    if epoch % 100 == 0:
        print(epoch, 'mse', np.mean((forward(X)[2] - Y)**2))

print('signs right:', np.mean(np.sign(forward(X)[2]) == np.sign(Y)))
