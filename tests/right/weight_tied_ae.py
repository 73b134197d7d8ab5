import numpy as np
rng=np.random.default_rng(2)
X=rng.normal(size=(50,2))@rng.normal(size=(2,6))
W=rng.normal(size=(6,2))*.3; b=np.zeros(2); c=np.zeros(6)
for i in range(400):
    h=np.tanh(X@W+b); r=h@W.T+c
    e=(r-X)/len(X)
    dh=e@W*(1-h**2)
    gW=X.T@dh+e.T@h
    W-=.05*gW; b-=.05*dh.sum(0); c-=.05*e.sum(0)
    if i%100==0: print(i,.5*np.sum((r-X)**2)/len(X))
