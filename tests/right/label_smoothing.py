import numpy as np
rng=np.random.default_rng(5)
N,C=90,3
lab=np.arange(N)%C
X=np.eye(C)[lab]@rng.normal(size=(C,4))*2+.4*rng.normal(size=(N,4))
eps=.1
T=np.full((N,C),eps/C); T[np.arange(N),lab]+=1-eps
W=rng.normal(size=(4,10))*.4; V=rng.normal(size=(10,C))*.4
for step in range(300):
    H=np.maximum(0,X@W)
    Z=H@V; Z-=Z.max(1,keepdims=True)
    P=np.exp(Z)/np.exp(Z).sum(1,keepdims=True)
    L=-(T*np.log(P)).sum()/N
    D=(P-T)/N
    gV=H.T@D; gW=X.T@((D@V.T)*(H>0))
    W-=.5*gW; V-=.5*gV
    if step%60==0: print(step,L,(P.argmax(1)==lab).mean())
