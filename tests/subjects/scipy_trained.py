import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

N_IN, N_HID, N_OUT = 2, 6, 1

def unpack(v):
    i = 0
    shapes = [(N_IN, N_HID), (N_HID,), (N_HID, N_OUT), (N_OUT,)]
    out = []
    for s in shapes:
        n = int(np.prod(s))
        out.append(v[i:i + n].reshape(s))
        i += n
    return out

def model(v, X):
    W, b, U, c = unpack(v)
    H = expit(X @ W + b)
    return H, expit(H @ U + c)

def fun(v, X, T):
    _, P = model(v, X)
    return 0.5 * np.sum((P - T) ** 2)

def jac(v, X, T):
    W, b, U, c = unpack(v)
    H, P = model(v, X)
    dP = (P - T) * P * (1 - P)
    dH = dP @ U.T * H * (1 - H)
    return np.concatenate([(X.T @ dH).ravel(), dH.sum(0), (H.T @ dP).ravel(), dP.sum(0)])

if __name__ == "__main__":
    rng = np.random.default_rng(31)
    X = rng.uniform(-1, 1, (60, 2))
    T = (np.abs(X[:, :1]) > np.abs(X[:, 1:])).astype(float)
    v0 = rng.normal(size=N_IN * N_HID + N_HID + N_HID * N_OUT + N_OUT)
    res = minimize(fun, v0, args=(X, T), jac=jac, method="CG", options={"maxiter": 200})
    print(res.message)
    print("cost %.4f -> %.4f in %d evaluations" % (fun(v0, X, T), res.fun, res.nfev))
    print("accuracy", np.mean((model(res.x, X)[1] > 0.5) == T))
