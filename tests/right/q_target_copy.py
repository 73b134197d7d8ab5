"""Q-learning: the target network is a copy, and stays as it is for fifty steps."""
import numpy as np
rng = np.random.RandomState(0)
n_s, n_a, H = 5, 2, 12
W1 = rng.randn(n_s, H)*.3; b1 = np.zeros(H); W2 = rng.randn(H, n_a)*.3; b2 = np.zeros(n_a)
T = [W1.copy(), b1.copy(), W2.copy(), b2.copy()]
def q(s, P):
    h = np.maximum(0, s @ P[0] + P[1])
    return h, h @ P[2] + P[3]
def env(s, a):
    s2 = min(max(s + (1 if a else -1), 0), n_s - 1)
    return s2, float(s2 == n_s - 1), s2 == n_s - 1
gamma, lr, eps = .9, .05, .3
memory = []
s = 0
for step in range(600):
    x = np.eye(n_s)[s]
    _, qs = q(x, [W1, b1, W2, b2])
    a = rng.randint(n_a) if rng.rand() < eps else int(qs.argmax())
    s2, r, done = env(s, a)
    memory.append((s, a, r, s2, done))
    s = 0 if done else s2
    batch = [memory[i] for i in rng.randint(len(memory), size=8)]
    S = np.eye(n_s)[[m[0] for m in batch]]; A = np.array([m[1] for m in batch])
    Rw = np.array([m[2] for m in batch]); S2 = np.eye(n_s)[[m[3] for m in batch]]
    D = np.array([m[4] for m in batch])
    target = Rw + gamma * q(S2, T)[1].max(1) * (1 - D)
    h, Q = q(S, [W1, b1, W2, b2])
    g = np.zeros_like(Q)
    g[np.arange(8), A] = (Q[np.arange(8), A] - target) / 8
    dh = (g @ W2.T) * (h > 0)
    W2 -= lr * h.T @ g; b2 -= lr * g.sum(0)
    W1 -= lr * S.T @ dh; b1 -= lr * dh.sum(0)
    if step % 50 == 0:
        T = [W1.copy(), b1.copy(), W2.copy(), b2.copy()]
print(q(np.eye(n_s), [W1, b1, W2, b2])[1])
