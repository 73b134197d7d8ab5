import numpy as np

from layers import BCEWithLogits, Elu, Linear, Sgd

rng = np.random.default_rng(2)
X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
Y = np.array([[0], [1], [1], [0]], dtype=float)

layers = [Linear(2, 8, rng), Elu(), Linear(8, 1, rng)]
criterion = BCEWithLogits()
sgd = Sgd(layers, lr=0.5)

for step in range(600):
    out = X
    for layer in layers:
        out = layer(out)
    loss = criterion(out, Y)
    grad = criterion.backward()
    for layer in reversed(layers):
        grad = layer.backward(grad)
    sgd.step()
    if step % 100 == 0:
        print(step, loss)

print(criterion.p.round(3))
