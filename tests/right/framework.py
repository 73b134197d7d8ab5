from __future__ import annotations
import numpy as np
from dataclasses import dataclass, field
from typing import List, Tuple
class Layer:
    def forward(self,x): raise NotImplementedError
    def backward(self,g): raise NotImplementedError
    def parameters(self): return []
@dataclass
class Param:
    value: np.ndarray
    grad: np.ndarray = field(default=None)
class Linear(Layer):
    def __init__(self,i,o,rng):
        self.W=Param(rng.normal(0,np.sqrt(2/i),size=(i,o))); self.b=Param(np.zeros(o))
    def forward(self,x): self.x=x; return x@self.W.value+self.b.value
    def backward(self,g):
        self.W.grad=self.x.T@g; self.b.grad=g.sum(axis=0); return g@self.W.value.T
    def parameters(self): return [self.W,self.b]
class ReLU(Layer):
    def forward(self,x): self.m=x>0; return x*self.m
    def backward(self,g): return g*self.m
class Sequential(Layer):
    def __init__(self,*ls): self.ls=ls
    def forward(self,x):
        for l in self.ls: x=l.forward(x)
        return x
    def backward(self,g):
        for l in reversed(self.ls): g=l.backward(g)
        return g
    def parameters(self): return [p for l in self.ls for p in l.parameters()]
class SoftmaxCE:
    def __call__(self,z,y):
        z=z-z.max(axis=1,keepdims=True); e=np.exp(z); self.p=e/e.sum(axis=1,keepdims=True); self.y=y
        return -np.log(self.p[np.arange(len(y)),y]).mean()
    def backward(self):
        g=self.p.copy(); g[np.arange(len(self.y)),self.y]-=1; return g/len(self.y)
class SGD:
    def __init__(self,ps,lr,momentum=0.): self.ps=ps; self.lr=lr; self.mu=momentum; self.v=[np.zeros_like(p.value) for p in ps]
    def step(self):
        for p,v in zip(self.ps,self.v):
            v*=self.mu; v+=p.grad; p.value-=self.lr*v
def batches(X,y,n,rng):
    idx=rng.permutation(len(X))
    for i in range(0,len(X),n): yield X[idx[i:i+n]],y[idx[i:i+n]]
def main():
    rng=np.random.default_rng(0)
    y=rng.integers(0,3,150); X=rng.normal(size=(150,4))+np.eye(3,4)[y]*2.5
    net=Sequential(Linear(4,16,rng),ReLU(),Linear(16,16,rng),ReLU(),Linear(16,3,rng)); lossf=SoftmaxCE(); opt=SGD(net.parameters(),.1,.9)
    for epoch in range(15):
        total=0
        for xb,yb in batches(X,y,30,rng):
            total+=lossf(net.forward(xb),yb)*len(xb); net.backward(lossf.backward()); opt.step()
        print(f"epoch {epoch} loss {total/len(X):.4f}")
main()
