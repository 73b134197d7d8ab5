import numpy as np
rng=np.random.default_rng(0)
theta=np.zeros((3,2))
ctx=np.eye(3); best=np.array([0,1,1])
base=0.
for ep in range(500):
    c=rng.integers(3); x=ctx[c]
    z=x@theta; p=np.exp(z-z.max()); p/=p.sum()
    a=rng.choice(2,p=p)
    r=1. if a==best[c] else 0.
    g=-p; g[a]+=1
    theta+=.3*(r-base)*np.outer(x,g)
    base+=.05*(r-base)
print(theta)
