import numpy as np
rng=np.random.default_rng(0)
text="the cat sat on the mat the dog sat on the rug".split(); vocab=sorted(set(text)); ix={w:i for i,w in enumerate(vocab)}
V=len(vocab); E=rng.normal(size=(V,5))*.1; O=rng.normal(size=(V,5))*.1
def s(x): return 1/(1+np.exp(-x))
for ep in range(40):
    loss=0
    for i,w in enumerate(text):
        for j in (i-1,i+1):
            if 0<=j<len(text):
                c=ix[w]; o=ix[text[j]]; neg=rng.integers(0,V,size=3)
                v=E[c].copy(); idx=np.array([o,*neg]); lab=np.array([1.,0,0,0])
                p=s(O[idx]@v)
                loss-=np.log(p[0])+np.log(1-p[1:]).sum()
                g=p-lab
                gv=g@O[idx]
                np.subtract.at(O,idx,.1*np.outer(g,v))
                E[c]-=.1*gv
    if ep%10==0: print(ep,loss)
