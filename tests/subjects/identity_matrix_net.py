import numpy as np

np.random.seed(1)

# 4 patterns, 4 outputs: name each corner of the square
X = np.matrix([[0., 0., 1.], [0., 1., 1.], [1., 0., 1.], [1., 1., 1.]])
Y = np.matrix(np.eye(4))

S0 = np.matrix(np.random.uniform(-1, 1, (3, 6)))
S1 = np.matrix(np.random.uniform(-1, 1, (6, 4)))
rate = 0.5

def sig(m):
    return 1 / (1 + np.exp(-m))

def forward(X):
    H = sig(X * S0)
    return H, sig(H * S1)

for n in range(3000):
    H, O = forward(X)
    error = Y - O
    delta1 = error * np.multiply(O, 1 - O)
    delta0 = np.multiply(delta1 * S1.T, np.multiply(H, 1 - H))
    S1 += rate * H.T * delta1
    S0 += rate * X.T * delta0
    if n % 500 == 0:
        print("error:", np.mean(np.abs(error)))

H, O = forward(X)
print(np.round(O, 2))
print("corner recognised:", np.array_equal(O.argmax(axis=1).ravel(), np.matrix([0, 1, 2, 3])))
