import numpy as np, math
rng=np.random.default_rng(11)
X=rng.uniform(-2,2,size=(64,1)); Y=np.sin(2*X)
P=[rng.normal(size=(1,24)),np.zeros(24),rng.normal(size=(24,1))/5,np.zeros(1)]
m=[np.zeros_like(p) for p in P]; v=[np.zeros_like(p) for p in P]
for t in range(1,401):
    lr=.01*min(1,t/20)*.5*(1+math.cos(math.pi*t/400))
    h=np.tanh(X@P[0]+P[1]); o=h@P[2]+P[3]
    d=2*(o-Y)/len(X); dh=d@P[2].T*(1-h**2)
    G=[X.T@dh,dh.sum(0),h.T@d,d.sum(0)]
    for k in range(4):
        m[k]=.9*m[k]+.1*G[k]; v[k]=.999*v[k]+.001*G[k]**2
        mh=m[k]/(1-.9**t); vh=v[k]/(1-.999**t)
        P[k]=P[k]-lr*(mh/(np.sqrt(vh)+1e-8)+.001*P[k])
    if t%100==0: print(t,np.mean((o-Y)**2))
