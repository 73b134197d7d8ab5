import numpy as np
rng=np.random.RandomState(0)
X=rng.rand(50,2)*2-1; y=(X[:,0]*X[:,1]>0).astype(float).reshape(-1,1)
params={'W1':rng.randn(2,8)*.7,'b1':np.zeros(8),'W2':rng.randn(8,1)*.7,'b2':np.zeros(1)}
def grads(p):
    h=np.tanh(X@p['W1']+p['b1']); o=1/(1+np.exp(-(h@p['W2']+p['b2'])))
    d=(o-y)/len(X); dh=d@p['W2'].T*(1-h*h)
    return {'W2':h.T@d,'b2':d.sum(0),'W1':X.T@dh,'b1':dh.sum(0)}, -np.mean(y*np.log(o)+(1-y)*np.log(1-o))
for t in range(400):
    g,l=grads(params)
    norm=np.sqrt(sum((v**2).sum() for v in g.values()))
    scale=min(1,0.1/norm)
    for k in params: params[k]-=2.0*scale*g[k]
    if t%100==0: print(t,l)
