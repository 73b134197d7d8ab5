import numpy as np

# grey pictures of 4 pixels, 0 (black) .. 255 (white): how much brighter is the left half?
rng = np.random.default_rng(6)
images = rng.integers(0, 256, (60, 4))
left = images[:, 0] + images[:, 2]
right = images[:, 1] + images[:, 3]
targets = ((left - right) / 1020 + 0.5).reshape(-1, 1)

w1 = rng.normal(0, 1, (4, 6))
b1 = np.zeros((1, 6))
w2 = rng.normal(0, 1, (6, 1))
b2 = np.zeros((1, 1))
learning_rate = 0.5

for epoch in range(3000):
    with np.errstate(over='ignore'):
        hidden = 1 / (1 + np.exp(-(images @ w1 + b1)))
    output = 1 / (1 + np.exp(-(hidden @ w2 + b2)))
    d2 = (output - targets) * output * (1 - output)
    d1 = d2 @ w2.T * hidden * (1 - hidden)
    w2 -= learning_rate * hidden.T @ d2
    b2 -= learning_rate * d2.sum(axis=0)
    w1 -= learning_rate * images.T @ d1
    b1 -= learning_rate * d1.sum(axis=0)
    if epoch % 500 == 0:
        print(epoch, np.mean((output - targets) ** 2))

print("hidden units of the first pictures:")
print(hidden[:4].round(3))
print("largest error:", np.abs(output - targets).max())
