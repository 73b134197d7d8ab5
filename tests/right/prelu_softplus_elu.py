import numpy as np
rng=np.random.default_rng(2)
X=rng.normal(size=(50,2)); Y=np.abs(X[:,:1])+X[:,1:]**2
W1=rng.normal(size=(2,10))*.6; W2=rng.normal(size=(10,6))*.4; W3=rng.normal(size=(6,1))*.4; al=np.full(10,.25); b=np.zeros(6)
for it in range(400):
    z1=X@W1; a1=np.where(z1>0,z1,al*z1)
    z2=a1@W2+b; a2=np.where(z2>0,z2,np.expm1(z2))
    z3=a2@W3; o=np.log1p(np.exp(z3))
    d3=2*(o-Y)/len(X)/(1+np.exp(-z3))
    d2=d3@W3.T*np.where(z2>0,1,a2+1)
    d1=d2@W2.T; gal=(d1*np.where(z1>0,0,z1)).sum(0); d1=d1*np.where(z1>0,1,al)
    W3-=.05*a2.T@d3; W2-=.05*a1.T@d2; b-=.05*d2.sum(0); W1-=.05*X.T@d1; al-=.05*gal
    if it%100==0: print(it,np.mean((o-Y)**2))
