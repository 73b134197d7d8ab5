import numpy as np
rng=np.random.default_rng(1)
T,D,H=6,2,5
def s(z): return 1/(1+np.exp(-z))
P={k:rng.normal(size=(D if k[0]=='W' else H,H))*.4 for k in ('Wz','Wr','Wn','Uz','Ur','Un')}
P.update({b:np.zeros(H) for b in ('bz','br','bn')}); P['V']=rng.normal(size=(H,1))*.4; P['c']=np.zeros(1)
def run(x,y,grad=True):
    h=np.zeros(H); st=[]
    for t in range(T):
        z=s(x[t]@P['Wz']+h@P['Uz']+P['bz']); r=s(x[t]@P['Wr']+h@P['Ur']+P['br']); n=np.tanh(x[t]@P['Wn']+(r*h)@P['Un']+P['bn'])
        hn=(1-z)*n+z*h; st.append((h,z,r,n)); h=hn
    o=h@P['V']+P['c']; L=.5*((o-y)**2).sum()
    G={k:np.zeros_like(v) for k,v in P.items()}
    d=o-y; G['V']+=np.outer(h,d); G['c']+=d; dh=P['V']@d
    for t in reversed(range(T)):
        hp,z,r,n=st[t]
        dn=dh*(1-z)*(1-n**2); dz=dh*(hp-n)*z*(1-z); dhp=dh*z
        drh=dn@P['Un'].T; dr=drh*hp*r*(1-r); dhp=dhp+drh*r+dz@P['Uz'].T+dr@P['Ur'].T
        for g,dd,inp in (('z',dz,hp),('r',dr,hp),('n',dn,r*hp)):
            G['W'+g]+=np.outer(x[t],dd); G['U'+g]+=np.outer(inp,dd); G['b'+g]+=dd
        dh=dhp
    return L,G
for it in range(150):
    x=rng.normal(size=(T,D)); y=np.array([x[:,0].sum()/3])
    L,G=run(x,y)
    for k in P: P[k]-=.05*np.clip(G[k],-1,1)
    if it%30==0: print(it,L)
