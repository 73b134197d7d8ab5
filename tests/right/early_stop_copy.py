import numpy as np, copy
rng=np.random.default_rng(3)
X=rng.uniform(-1,1,(60,2)); Y=np.sin(3*X[:,:1])*X[:,1:]; Xv,Yv=X[45:],Y[45:]; X,Y=X[:45],Y[:45]
p=dict(W=rng.normal(size=(2,12)),b=np.zeros(12),V=rng.normal(size=(12,1))*.3,c=np.zeros(1))
best=np.inf; bestp=None; wait=0
for ep in range(1000):
    h=np.tanh(X@p['W']+p['b']); e=(h@p['V']+p['c']-Y)/len(X); dh=e@p['V'].T*(1-h**2)
    for k,g in dict(W=X.T@dh,b=dh.sum(0),V=h.T@e,c=e.sum(0)).items(): p[k]-=.2*g
    val=np.mean((np.tanh(Xv@p['W']+p['b'])@p['V']+p['c']-Yv)**2)
    if val<best-1e-6: best,bestp,wait=val,copy.deepcopy(p),0
    else:
        wait+=1
        if wait>30: break
p=bestp; print(ep,best)
