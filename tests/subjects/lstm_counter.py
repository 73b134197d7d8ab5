"""LSTM that counts: the target at time t is the number of ones seen so far (scaled)."""
import numpy as np

T, H = 9, 6
rng = np.random.RandomState(42)


def sig(x):
    return 1 / (1 + np.exp(-x))


params = {name: rng.randn(H, H + 1) * 0.5 for name in ("Wf", "Wi", "Wo", "Wg")}
params.update({name: np.zeros(H) for name in ("bf", "bi", "bo", "bg")})
params["Wy"], params["by"] = rng.randn(H) * 0.5, np.zeros(1)


def run(xs):
    h, c, store, out = np.zeros(H), np.zeros(H), [], []
    for x in xs:
        v = np.concatenate((h, [x]))
        f = sig(params["Wf"] @ v + params["bf"])
        i = sig(params["Wi"] @ v + params["bi"])
        o = sig(params["Wo"] @ v + params["bo"])
        g = np.tanh(params["Wg"] @ v + params["bg"])
        c_old = c
        c = f * c_old + i * g
        tc = np.tanh(c)
        h = o * tc
        store.append((v, f, i, o, g, c_old, tc, h))
        out.append(params["Wy"] @ h + params["by"])
    return np.concatenate(out), store


def gradients(xs, ts):
    ys, store = run(xs)
    grad = {k: np.zeros_like(v) for k, v in params.items()}
    dh_next, dc_next = np.zeros(H), np.zeros(H)
    for t in reversed(range(len(xs))):
        v, f, i, o, g, c_old, tc, h = store[t]
        dy = ys[t] - ts[t]
        grad["Wy"] += dy * h
        grad["by"] += dy
        dh = dy * params["Wy"] + dh_next
        do = dh * tc * o * (1 - o)
        dc = dh * o * (1 - tc ** 2) + dc_next
        df = dc * c_old * f * (1 - f)
        di = dc * g * i * (1 - i)
        dg = dc * i * (1 - g ** 2)
        dv = np.zeros(H + 1)
        for d, W, b in ((df, "Wf", "bf"), (di, "Wi", "bi"), (do, "Wo", "bo"), (dg, "Wg", "bg")):
            grad[W] += np.outer(d, v)
            grad[b] += d
            dv += params[W].T @ d
        dh_next = dv[:H]
        dc_next = dc * f
    return 0.5 * np.sum((ys - ts) ** 2), grad


if __name__ == "__main__":
    for n in range(600):
        xs = (rng.rand(T) < 0.5).astype(float)
        ts = np.cumsum(xs) / T
        cost, grad = gradients(xs, ts)
        for k in params:
            params[k] -= 0.1 * grad[k]
        if n % 100 == 0:
            print(n, cost)
    print("cost", cost)
