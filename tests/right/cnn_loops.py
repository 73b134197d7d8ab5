import numpy as np
np.random.seed(0)
N=24
imgs=np.random.rand(N,8,8)*.2; lab=np.arange(N)%2
for i in range(N):
    if lab[i]: imgs[i,2:5,:]+=1
    else: imgs[i,:,2:5]+=1
K=np.random.randn(3,3,3)*.3; bk=np.zeros(3); W=np.random.randn(27,2)*.2; b=np.zeros(2)
def conv(im):
    out=np.zeros((3,6,6))
    for f in range(3):
        for i in range(6):
            for j in range(6):
                out[f,i,j]=np.sum(im[i:i+3,j:j+3]*K[f])+bk[f]
    return out
def pool(a):
    p=np.zeros((3,3,3)); w=np.zeros((3,3,3),int)
    for f in range(3):
        for i in range(3):
            for j in range(3):
                block=a[f,2*i:2*i+2,2*j:2*j+2]; w[f,i,j]=block.argmax(); p[f,i,j]=block.max()
    return p,w
lr=.05
for epoch in range(2):
    tot=0
    for n in np.random.permutation(N):
        z=conv(imgs[n]); a=np.maximum(z,0); p,w=pool(a); v=p.ravel(); o=v@W+b
        e=np.exp(o-o.max()); q=e/e.sum(); tot-=np.log(q[lab[n]])
        d=q.copy(); d[lab[n]]-=1
        dW=np.outer(v,d); dp=(W@d).reshape(p.shape); da=np.zeros_like(a)
        for f in range(3):
            for i in range(3):
                for j in range(3):
                    r,c=divmod(w[f,i,j],2); da[f,2*i+r,2*j+c]+=dp[f,i,j]
        dz=da*(z>0); dK=np.zeros_like(K)
        for f in range(3):
            for i in range(6):
                for j in range(6):
                    dK[f]+=dz[f,i,j]*imgs[n][i:i+3,j:j+3]
        W-=lr*dW; b-=lr*d; K-=lr*dK; bk-=lr*dz.sum((1,2))
    print(epoch,tot/N)
