import numpy as np
np.random.seed(1)
X=np.random.randn(80,2); y=np.where(X[:,0]+X[:,1]>0,1.,-1.)
w=np.zeros(2); b=0.; lam=.01
for epoch in range(100):
    lr=1/(1+epoch*.1)
    m=y*(X@w+b)
    on=m<1
    loss=lam/2*w@w+np.mean(np.maximum(0,1-m))
    gw=lam*w-(X[on]*y[on][:,None]).sum(0)/len(X)
    gb=-y[on].sum()/len(X)
    w=w-lr*gw; b=b-lr*gb
print(loss,np.mean(np.sign(X@w+b)==y))
