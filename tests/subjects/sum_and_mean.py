import numpy as np

# f(x) = 0.2 + 0.4 x^2 + 0.3 sin(4 x) by 8 sigmoids

x = np.linspace(-1, 1, 64).reshape(64, 1)
y = 0.2 + 0.4 * x ** 2 + 0.3 * np.sin(4 * x)

generator = np.random.RandomState(35)
w_hidden = generator.uniform(-4, 4, (1, 8))
b_hidden = generator.uniform(-2, 2, (1, 8))
w_out = generator.uniform(-0.5, 0.5, (8, 1))
b_out = np.zeros((1, 1))


def network(x):
    h = 1 / (1 + np.exp(-(x @ w_hidden + b_hidden)))
    return h, h @ w_out + b_out


def mean_squared_error(out):
    return np.mean((out - y) ** 2)


LEARNING_RATE = 0.005       # larger ones explode

for epoch in range(4000):
    h, out = network(x)
    if epoch % 800 == 0:
        print("epoch", epoch, "mse", mean_squared_error(out))
    delta_out = out - y
    delta_hidden = delta_out @ w_out.T * h * (1 - h)
    w_out -= LEARNING_RATE * h.T @ delta_out
    b_out -= LEARNING_RATE * np.sum(delta_out, axis=0, keepdims=True)
    w_hidden -= LEARNING_RATE * x.T @ delta_hidden
    b_hidden -= LEARNING_RATE * np.sum(delta_hidden, axis=0, keepdims=True)

print("mse", mean_squared_error(network(x)[1]))
