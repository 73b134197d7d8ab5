import numpy as np

def f(v, slope=False):
    if slope:
        return v*(1-v)      # v went through f already
    return 1/(1+np.exp(-v))

def learn(X, y, n=4, rounds=5000, alpha=1.0, seed=1):
    rs = np.random.RandomState(seed)
    syn0 = rs.uniform(-1, 1, (X.shape[1], n))
    syn1 = rs.uniform(-1, 1, (n, n))
    syn2 = rs.uniform(-1, 1, (n, y.shape[1]))

    for r in range(rounds):
        l1 = f(X.dot(syn0))
        l2 = f(l1.dot(syn1))
        l3 = f(l2.dot(syn2))

        e3 = y - l3
        if r % 500 == 0:
            print(r, "missed by", abs(e3).mean())

        d3 = e3*f(l3, slope=True)
        e2 = d3.dot(syn2.T)
        d2 = e2*f(l2, slope=True)
        e1 = d2.dot(syn1.T)
        d1 = e1*f(l1, slope=True)

        syn2 += alpha*l2.T.dot(d3)
        syn1 += alpha*l1.T.dot(d2)
        syn0 += alpha*X.T.dot(d1)
    return syn0, syn1, syn2

def ask(X, syn0, syn1, syn2):
    return f(f(f(X.dot(syn0)).dot(syn1)).dot(syn2))
