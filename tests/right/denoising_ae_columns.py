import numpy as np
np.random.seed(4)
X=np.random.rand(8,40)
class AE:
    def __init__(s,n,h): s.W1=np.random.randn(h,n)*.3; s.b1=np.zeros((h,1)); s.W2=np.random.randn(n,h)*.3; s.b2=np.zeros((n,1))
    def enc(s,x): return 1/(1+np.exp(-(s.W1@x+s.b1)))
    def dec(s,h): return 1/(1+np.exp(-(s.W2@h+s.b2)))
    def fit(s,X,eta=.5,epochs=200,noise=.1):
        m=X.shape[1]
        for ep in range(epochs):
            xn=X*(np.random.rand(*X.shape)>noise)
            h=s.enc(xn); r=s.dec(h)
            d2=(r-X)*r*(1-r)/m; d1=s.W2.T@d2*h*(1-h)
            s.W2-=eta*d2@h.T; s.b2-=eta*d2.sum(1,keepdims=True); s.W1-=eta*d1@xn.T; s.b1-=eta*d1.sum(1,keepdims=True)
            if ep%50==0: print(ep,.5*np.sum((r-X)**2)/m)
AE(8,5).fit(X)
