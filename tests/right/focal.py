import numpy as np
rng=np.random.RandomState(3)
X=rng.randn(100,4); t=(X[:,0]*X[:,1]>0).astype(float)[:,None]
gamma=2.
class MLP:
    def __init__(s,a,b):
        s.W1=rng.randn(a,b)/np.sqrt(a); s.b1=np.zeros((1,b)); s.W2=rng.randn(b,1)/np.sqrt(b); s.b2=np.zeros((1,1))
    def forward(s,X):
        s.X=X; s.z=X@s.W1+s.b1; s.h=np.maximum(s.z,0); return 1/(1+np.exp(-(s.h@s.W2+s.b2)))
    def loss(s,p,t):
        pt=np.where(t==1,p,1-p)
        return -np.mean((1-pt)**gamma*np.log(pt))
    def backward(s,p,t,lr):
        pt=np.where(t==1,p,1-p)
        dpt=(gamma*(1-pt)**(gamma-1)*np.log(pt)-(1-pt)**gamma/pt)/len(t)
        dp=np.where(t==1,dpt,-dpt)
        dz2=dp*p*(1-p)
        dh=dz2@s.W2.T; dz1=dh*(s.z>0)
        s.W2-=lr*s.h.T@dz2; s.b2-=lr*dz2.sum(0,keepdims=True)
        s.W1-=lr*s.X.T@dz1; s.b1-=lr*dz1.sum(0,keepdims=True)
n=MLP(4,16)
for i in range(500):
    p=n.forward(X); n.backward(p,t,1.0)
    if i%100==0: print(n.loss(p,t))
