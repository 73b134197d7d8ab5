import numpy as np
def make(seed):
    rng=np.random.default_rng(seed); X=rng.normal(size=(80,3)); return X,(X@[1.,-1,.5]>0).astype(float)[:,None]
def sig(z): return 1/(1+np.exp(-z))
def train(X,y,lr,hidden,epochs=60,seed=0):
    rng=np.random.default_rng(seed)
    W1=rng.normal(size=(X.shape[1],hidden)); b1=np.zeros(hidden); W2=rng.normal(size=(hidden,1)); b2=np.zeros(1)
    for _ in range(epochs):
        h=sig(X@W1+b1); p=sig(h@W2+b2)
        d=(p-y)/len(y); dh=d@W2.T*h*(1-h)
        W2-=lr*h.T@d; b2-=lr*d.sum(0); W1-=lr*X.T@dh; b1-=lr*dh.sum(0)
    return -np.mean(y*np.log(p)+(1-y)*np.log(1-p)),(W1,b1,W2,b2)
if __name__=="__main__":
    X,y=make(0); results={}
    for lr in (1e-4,.1,1.,10.,100.):
        for hidden in (2,8):
            results[lr,hidden],_=train(X,y,lr,hidden)
    best=min(results,key=results.get); print(best,results[best])
