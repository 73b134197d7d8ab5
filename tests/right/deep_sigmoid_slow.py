import numpy as np
# a deep sigmoid network: slow, but right
rng=np.random.default_rng(0)
sizes=[2,4,4,4,1]; W=[rng.normal(size=s) for s in zip(sizes[:-1],sizes[1:])]; B=[np.zeros(n) for n in sizes[1:]]
X=np.array([[0,0],[0,1],[1,0],[1,1.]]); Y=np.array([[0],[1],[1],[1.]])
sg=lambda z:1/(1+np.exp(-z))
for it in range(3000):
    A=[X]
    for w,b in zip(W,B): A.append(sg(A[-1]@w+b))
    d=(A[-1]-Y)*A[-1]*(1-A[-1])
    for l in reversed(range(4)):
        gw=A[l].T@d; gb=d.sum(0)
        if l: d2=d@W[l].T*A[l]*(1-A[l])
        W[l]-=1.0*gw; B[l]-=1.0*gb
        if l: d=d2
    if it%500==0: print(it,np.sum((A[-1]-Y)**2)/2)
