import numpy as np
rng=np.random.default_rng(3)
X=rng.uniform(-3,3,size=(50,1)); Y=np.sin(X)
C=np.linspace(-3,3,7)[:,None].T.copy(); s=np.ones(7); w=np.zeros((7,1))
for i in range(500):
    d=X-C; phi=np.exp(-d**2/(2*s**2)); o=phi@w
    e=(o-Y)/len(X)
    gw=phi.T@e; gp=e@w.T*phi
    gC=(gp*d/s**2).sum(0,keepdims=True); gs=(gp*d**2/s**3).sum(0)
    w-=.5*gw; C-=.1*gC; s-=.1*gs
    if i%100==0: print(i,np.mean((o-Y)**2))
