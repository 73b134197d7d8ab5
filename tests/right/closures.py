import numpy as np
def build(n_in,n_hid,seed=1):
    rng=np.random.RandomState(seed); W=rng.uniform(-1,1,(n_hid,n_in+1)); v=rng.uniform(-1,1,n_hid+1)
    cache={}
    def act(x):
        x=np.append(x,1.); h=np.tanh(W@x); cache.update(x=x,h=h); return 1/(1+np.exp(-(v[:-1]@h+v[-1])))
    def learn(x,t,eta):
        nonlocal W,v
        y=act(x); d=(t-y)*y*(1-y)
        g=d*v[:-1]*(1-cache['h']**2)
        v=v+eta*d*np.append(cache['h'],1.); W=W+eta*np.outer(g,cache['x'])
        return (t-y)**2
    return act,learn
act,learn=build(2,4)
data=[((0,0),0),((0,1),1),((1,0),1),((1,1),0)]
for ep in range(2000):
    err=sum(learn(np.array(x,float),t,.5) for x,t in data)
print(err,[round(float(act(np.array(x,float))),2) for x,_ in data])
