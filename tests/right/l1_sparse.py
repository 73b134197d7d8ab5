import numpy as np
rng=np.random.default_rng(5)
X=rng.normal(size=(80,10)); y=X[:,0]*2-X[:,3]
w=rng.normal(size=10)*.1; b=0.
lam=.05
for i in range(500):
    r=X@w+b-y
    cost=np.mean(r**2)/2+lam*np.abs(w).sum()
    w=w-.1*(X.T@r/len(y)+lam*np.sign(w)); b=b-.1*r.mean()
    if i%100==0: print(cost)
