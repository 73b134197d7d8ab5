import numpy as np
rng=np.random.default_rng(8)
X=np.c_[np.ones(100),rng.normal(size=(100,2))]; y=(rng.random(100)<1/(1+np.exp(-X@[.5,1,-2]))).astype(float)
w=np.zeros(3)
for i in range(8):
    p=1/(1+np.exp(-X@w))
    g=X.T@(p-y); H=X.T@(X*(p*(1-p))[:,None])
    w=w-np.linalg.solve(H,g)
    print(i,-np.sum(y*np.log(p)+(1-y)*np.log(1-p)))
