import math, random

random.seed(5)

# learn the sign of x1*x2, targets are -1 and +1
points = [(random.uniform(-1, 1), random.uniform(-1, 1)) for _ in range(40)]
targets = [1.0 if a * b > 0 else -1.0 for a, b in points]

H = 6
w_in = [[random.gauss(0, 1.5) for _ in range(3)] for _ in range(H)]   # last one is the bias
w_out = [random.gauss(0, 1.5) for _ in range(H + 1)]

def logistic(u):
    return 1.0 / (1.0 + math.exp(-u))

def run(p):
    hid = [logistic(w[0] * p[0] + w[1] * p[1] + w[2]) for w in w_in]
    o = logistic(sum(w * h for w, h in zip(w_out, hid)) + w_out[-1])
    return hid, o

rate = 0.3
for sweep in range(1500):
    sse = 0
    for p, t in zip(points, targets):
        hid, o = run(p)
        sse += 0.5 * (t - o) ** 2
        do = (o - t) * o * (1 - o)
        dh = [do * w_out[j] * hid[j] * (1 - hid[j]) for j in range(H)]
        for j in range(H):
            w_out[j] -= rate * do * hid[j]
            w_in[j][0] -= rate * dh[j] * p[0]
            w_in[j][1] -= rate * dh[j] * p[1]
            w_in[j][2] -= rate * dh[j]
        w_out[-1] -= rate * do
    if sweep % 300 == 0:
        print(sweep, sse)
