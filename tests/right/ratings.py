"""Ratings as products of rows; each row that is looked up decays a little."""
import numpy as np
np.random.seed(0)
R = np.array([[5,3,0,1],[4,0,0,1],[1,1,0,5],[1,0,0,4],[0,1,5,4]])
P = np.random.rand(5, 2); Q = np.random.rand(4, 2)
alpha, beta = 0.01, 0.02
for epoch in range(500):
    for i in range(5):
        for j in range(4):
            if R[i, j] > 0:
                e = R[i, j] - P[i].dot(Q[j])
                pi = P[i].copy()
                P[i] += alpha * (2 * e * Q[j] - beta * P[i])
                Q[j] += alpha * (2 * e * pi - beta * Q[j])
print(P.dot(Q.T))
