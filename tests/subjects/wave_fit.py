import numpy as np

# approximates f(x) = sin(x) / x with 9 hidden neurons, inertia = 0.5

rng = np.random.default_rng(20)
xs = np.linspace(-9, 9, 73)
xs[xs == 0] = 1e-9
ts = np.sin(xs) / xs
inp = np.column_stack((xs / 9, np.ones(73)))
target = ts[:, None]

hidden = rng.normal(0, 3, (2, 9))
outer = rng.normal(0, 0.3, (10, 1))
inertia = 0.5
step_h, step_o = np.zeros_like(hidden), np.zeros_like(outer)
eta = 0.02

for sweep in range(1500):
    act = np.tanh(inp @ hidden)
    act1 = np.column_stack((act, np.ones(73)))
    out = act1 @ outer
    err = out - target
    d_out = act1.T @ err / 73
    d_hid = inp.T @ ((err @ outer[:9].T) * (1 - act ** 2)) / 73
    step_o = inertia * step_o + eta * d_out
    step_h = inertia * step_h + eta * d_hid
    outer += step_o
    hidden -= step_h
    if sweep % 250 == 0:
        print("%4d  rms %.4g" % (sweep, np.sqrt(np.mean(err ** 2))))

print("rms error", np.sqrt(np.mean((act1 @ outer - target) ** 2)))
