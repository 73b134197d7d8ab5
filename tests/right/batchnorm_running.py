import numpy as np
rng=np.random.default_rng(2)
X=rng.normal(3,2,size=(128,4)); Y=(X[:,:1]-3)*(X[:,1:2]-3)
class BN:
    def __init__(s,n): s.g=np.ones(n); s.b=np.zeros(n); s.m=np.zeros(n); s.v=np.ones(n)
    def f(s,x,train):
        if train:
            mu=x.mean(0); var=x.var(0)
            s.m=.9*s.m+.1*mu; s.v=.9*s.v+.1*var
        else: mu,var=s.m,s.v
        s.inv=1/np.sqrt(var+1e-5); s.xh=(x-mu)*s.inv
        return s.g*s.xh+s.b
    def back(s,d):
        s.dg=(d*s.xh).sum(0); s.db=d.sum(0)
        dx=d*s.g
        return s.inv/len(d)*(len(d)*dx-dx.sum(0)-s.xh*(dx*s.xh).sum(0))
W1=rng.normal(size=(4,16))*.3; bn=BN(16); W2=rng.normal(size=(16,1))*.3; c=np.zeros(1)
for ep in range(30):
    perm=rng.permutation(128)
    for s in range(0,128,32):
        x,y=X[perm[s:s+32]],Y[perm[s:s+32]]
        u=bn.f(x@W1,True); h=np.maximum(u,0); o=h@W2+c
        d=(o-y)/len(x)
        dh=d@W2.T*(u>0)
        dz=bn.back(dh)
        W2-=.05*h.T@d; c-=.05*d.sum(0); W1-=.05*x.T@dz
        bn.g-=.05*bn.dg; bn.b-=.05*bn.db
    h=np.maximum(bn.f(X@W1,False),0); print(ep,np.mean((h@W2+c-Y)**2)/2)
