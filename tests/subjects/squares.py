import numpy as np

# learns OR and AND of two bits at the same time

rng = np.random.RandomState(70)
ins = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
outs = np.array([[0, 0], [1, 0], [1, 0], [1, 1]], dtype=float)

wa = rng.uniform(-1, 1, (2, 3))
ba = rng.uniform(-1, 1, 3)
wb = rng.uniform(-1, 1, (3, 2))
bb = rng.uniform(-1, 1, 2)
eta = 1.0


def sigm(x):
    return 1 / (1 + np.exp(-x))


for turn in range(2000):
    hid = sigm(ins @ wa + ba)
    res = sigm(hid @ wb + bb)

    error = (res - outs) ** 2
    if turn % 400 == 0:
        print("turn", turn, "error", error.sum() / 2)

    d_res = error * res * (1 - res)
    d_hid = (d_res @ wb.T) * hid * (1 - hid)

    wb -= eta * (hid.T @ d_res)
    bb -= eta * d_res.sum(axis=0)
    wa -= eta * (ins.T @ d_hid)
    ba -= eta * d_hid.sum(axis=0)

print(res.round(2))
