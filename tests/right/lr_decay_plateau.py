import numpy as np
rng=np.random.default_rng(5); X=rng.normal(size=(100,5)); w_true=rng.normal(size=(5,1)); Y=X@w_true+rng.normal(size=(100,1))*.1
W=np.zeros((5,1)); b=0.0; lr=1.0; last=np.inf; bad=0
for ep in range(80):
    E=X@W+b-Y; cost=float((E**2).mean())
    if cost>=last-1e-9:
        bad+=1
        if bad>=2: lr/=2; bad=0
    last=cost
    W=W-lr*2*X.T@E/100; b=b-lr*2*E.mean()
print(cost,lr)
