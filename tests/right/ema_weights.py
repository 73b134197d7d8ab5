import numpy as np
rng=np.random.default_rng(9)
X=rng.normal(size=(40,2)); Y=np.tanh(X@rng.normal(size=(2,2)))
W=rng.normal(size=(2,6))*.5; V=rng.normal(size=(6,2))*.5
We,Ve=W.copy(),V.copy()
for k in range(300):
    h=np.tanh(X@W); e=(h@V-Y)/len(X)
    gV=h.T@e; gW=X.T@(e@V.T*(1-h**2))
    W-=.2*gW; V-=.2*gV
    We=.99*We+.01*W; Ve=.99*Ve+.01*V
print(np.mean((np.tanh(X@We)@Ve-Y)**2))
