import numpy as np

def backpropagation(x, d, l, m, eta, e_max):
    '''x: inputs (P x I), d: desired outputs (P x K), l: hidden units'''
    np.random.seed(31)
    P, I = x.shape
    K = d.shape[1]
    v = np.random.uniform(-1, 1, (l, I + 1))
    w = np.random.uniform(-1, 1, (K, l + 1))
    for cycle in range(m):
        E = 0
        for p in range(P):
            z = np.append(x[p], -1)                     # threshold input
            y = np.append(1/(1 + np.exp(-v.dot(z))), -1)
            o = 1/(1 + np.exp(-w.dot(y)))
            E += 0.5*np.sum((d[p] - o)**2)
            do = (d[p] - o)*o*(1 - o)
            dy = y*(1 - y)*w.T.dot(do)
            w = w + eta*np.outer(do, y)
            v = v + eta*np.outer(dy[1:], z)
        if cycle % 400 == 0:
            print('cycle', cycle, 'E', E)
        if E < e_max:
            print('stopped after', cycle, 'cycles, E =', E)
            break
    return v, w, E

if __name__ == '__main__':
    x = np.array([[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]])
    d = np.array([[a ^ b, b & c] for a, b, c in x])
    v, w, E = backpropagation(x, d, l=5, m=2000, eta=0.8, e_max=0.02)
    print('E =', E)
