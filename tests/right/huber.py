import numpy as np
rng=np.random.default_rng(0)
X=rng.normal(size=(60,3)); y=(X@np.array([1.,-2.,.5])+.1*rng.normal(size=60))[:,None]
y[::7]+=8
W1=rng.normal(size=(3,8))*.5; b1=np.zeros(8); W2=rng.normal(size=(8,1))*.5; b2=np.zeros(1)
delta=1.0
for it in range(400):
    h=np.tanh(X@W1+b1); out=h@W2+b2
    r=out-y
    small=np.abs(r)<=delta
    loss=np.mean(np.where(small,.5*r**2,delta*(np.abs(r)-.5*delta)))
    g=np.where(small,r,delta*np.sign(r))/len(X)
    gh=g@W2.T*(1-h**2)
    W2-=.1*h.T@g; b2-=.1*g.sum(0); W1-=.1*X.T@gh; b1-=.1*gh.sum(0)
    if it%100==0: print(it,loss)
