import numpy as np
rng=np.random.default_rng(5)
X=rng.normal(size=(40,6)); Y=X[:,:1]*X[:,1:2]
W1=rng.normal(size=(6,6))*.3; g=np.ones(6); b=np.zeros(6); W2=rng.normal(size=(6,1))*.3
for i in range(300):
    a=np.tanh(X@W1); r=X+a
    mu=r.mean(1,keepdims=True); sd=np.sqrt(r.var(1,keepdims=True)+1e-5); xh=(r-mu)/sd
    n=g*xh+b; o=n@W2
    e=(o-Y)/len(X)
    gW2=n.T@e; dn=e@W2.T; gg=(dn*xh).sum(0); gb=dn.sum(0)
    dx=dn*g; dr=(dx-dx.mean(1,keepdims=True)-xh*(dx*xh).mean(1,keepdims=True))/sd
    gW1=X.T@(dr*(1-a**2))
    W1-=.1*gW1; g-=.1*gg; b-=.1*gb; W2-=.1*gW2
    if i%100==0: print(i,.5*np.mean((o-Y)**2))
