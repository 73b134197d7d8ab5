import numpy as np

rng = np.random.default_rng(12)
N = 60
points = rng.normal(size=(N, 2))
inside = (points[:, 0] - 0.7 * points[:, 1] > 0.1).astype(int)

A = np.c_[np.ones(N), points]
v = rng.normal(size=3) * 0.1

for sweep in range(200):
    said = (A @ v > 0).astype(int)
    residual = said - inside
    if np.count_nonzero(residual) == 0:
        break
    v = v - 0.1 / N * (A.T @ residual)

print("sweeps:", sweep, "wrong:", np.count_nonzero(residual))
