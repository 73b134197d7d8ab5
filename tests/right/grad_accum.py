import numpy as np
rng=np.random.default_rng(6)
X=rng.normal(size=(32,3)); Y=X@rng.normal(size=(3,2))
W=rng.normal(size=(3,5))*.5; V=rng.normal(size=(5,2))*.5
for ep in range(60):
    aW=np.zeros_like(W); aV=np.zeros_like(V); n=0
    for s in range(0,32,8):
        x,y=X[s:s+8],Y[s:s+8]
        h=np.tanh(x@W); e=h@V-y
        aV+=h.T@e; aW+=x.T@(e@V.T*(1-h**2)); n+=len(x)
        if n==16:
            W-=.1*aW/n; V-=.1*aV/n
            aW[:]=0; aV[:]=0; n=0
print(np.mean((np.tanh(X@W)@V-Y)**2))
