import numpy as np
rng=np.random.default_rng(0)
B,T,D=8,5,6
X=rng.normal(size=(B,T,D)); Y=X[:,:1,:2]*1.0
Wq,Wk,Wv=(rng.normal(size=(D,D))*.4 for _ in range(3)); Wo=rng.normal(size=(D,2))*.4
for step in range(200):
    Q,K,V=X@Wq,X@Wk,X@Wv
    S=Q@K.transpose(0,2,1)/np.sqrt(D); S=S-S.max(-1,keepdims=True); A=np.exp(S); A/=A.sum(-1,keepdims=True)
    C=A@V; m=C.mean(1); O=m@Wo
    E=(O-Y[:,0])/B
    gWo=m.T@E; dm=E@Wo.T; dC=np.repeat(dm[:,None]/T,T,axis=1)
    dA=dC@V.transpose(0,2,1); dV=A.transpose(0,2,1)@dC
    dS=A*(dA-(dA*A).sum(-1,keepdims=True))/np.sqrt(D)
    dQ=dS@K; dK=dS.transpose(0,2,1)@Q
    gq=np.einsum('btd,bte->de',X,dQ); gk=np.einsum('btd,bte->de',X,dK); gv=np.einsum('btd,bte->de',X,dV)
    Wq-=.2*gq; Wk-=.2*gk; Wv-=.2*gv; Wo-=.2*gWo
    if step%50==0: print(step,.5*np.sum((O-Y[:,0])**2)/B)
