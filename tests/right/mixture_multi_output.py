import numpy as np
rng=np.random.default_rng(0)
X=rng.normal(size=(70,3)); yr=X[:,0]*2-X[:,1]; yc=(X[:,2]>0).astype(float)
W=rng.normal(size=(3,9))*.5; b=np.zeros(9); wr=rng.normal(size=9)*.5; wc=rng.normal(size=9)*.5; br=bc=0.
for i in range(300):
    h=np.tanh(X@W+b); r=h@wr+br; c=1/(1+np.exp(-(h@wc+bc)))
    L=.5*np.mean((r-yr)**2)-np.mean(yc*np.log(c)+(1-yc)*np.log(1-c))
    er=(r-yr)/70; ec=(c-yc)/70
    dh=(np.outer(er,wr)+np.outer(ec,wc))*(1-h*h)
    wr=wr-.3*h.T@er; wc=wc-.3*h.T@ec; br-=.3*er.sum(); bc-=.3*ec.sum(); W-=.3*X.T@dh; b-=.3*dh.sum(0)
    if i%100==0: print(L)
