import numpy as np
rng=np.random.default_rng(1)
X=(rng.random((60,6))<.3).astype(float); X[:30,:3]=1
D,H,Z=6,8,2
P=dict(We=rng.normal(size=(D,H))*.3,be=np.zeros(H),Wm=rng.normal(size=(H,Z))*.3,bm=np.zeros(Z),Wl=rng.normal(size=(H,Z))*.3,bl=np.zeros(Z),
 Wd=rng.normal(size=(Z,H))*.3,bd=np.zeros(H),Wo=rng.normal(size=(H,D))*.3,bo=np.zeros(D))
for step in range(200):
    h=np.tanh(X@P['We']+P['be']); mu=h@P['Wm']+P['bm']; lv=h@P['Wl']+P['bl']
    eps=rng.normal(size=mu.shape); sd=np.exp(.5*lv); z=mu+sd*eps
    k=np.tanh(z@P['Wd']+P['bd']); o=1/(1+np.exp(-(k@P['Wo']+P['bo'])))
    rec=-(X*np.log(o+1e-9)+(1-X)*np.log(1-o+1e-9)).sum()/len(X)
    kl=-.5*(1+lv-mu**2-np.exp(lv)).sum()/len(X)
    loss=rec+kl
    do=(o-X)/len(X); G={}
    G['Wo']=k.T@do; G['bo']=do.sum(0)
    dk=do@P['Wo'].T*(1-k**2); G['Wd']=z.T@dk; G['bd']=dk.sum(0)
    dz=dk@P['Wd'].T
    dmu=dz+mu/len(X); dlv=dz*eps*.5*sd+.5*(np.exp(lv)-1)/len(X)
    G['Wm']=h.T@dmu; G['bm']=dmu.sum(0); G['Wl']=h.T@dlv; G['bl']=dlv.sum(0)
    dh=(dmu@P['Wm'].T+dlv@P['Wl'].T)*(1-h**2)
    G['We']=X.T@dh; G['be']=dh.sum(0)
    for n in P: P[n]-=.05*G[n]
    if step%50==0: print(step,loss)
