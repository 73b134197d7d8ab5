import numpy as np
np.random.seed(0)
X=np.random.randn(64,5); Y=np.sin(X[:,:1])+X[:,1:2]
W1=np.random.randn(5,20)*.4; b1=np.zeros((1,20)); W2=np.random.randn(20,1)*.2; b2=np.zeros((1,1))
keep=.8
def forward(X,train=True):
    z=X@W1+b1; a=np.maximum(z,0)
    m=(np.random.rand(*a.shape)<keep)/keep if train else np.ones_like(a)
    a=a*m
    return z,a,m,a@W2+b2
for it in range(600):
    z,a,m,o=forward(X)
    d=2*(o-Y)/len(X)
    dW2=a.T@d; db2=d.sum(0,keepdims=True)
    dz=d@W2.T*m*(z>0)
    dW1=X.T@dz; db1=dz.sum(0,keepdims=True)
    W1-=.02*dW1; b1-=.02*db1; W2-=.02*dW2; b2-=.02*db2
    if it%150==0:
        print(it,np.mean((forward(X,False)[3]-Y)**2))
