import numpy as np
class Net(object):
    def __init__(self,sizes):
        np.random.seed(2); self.W=[np.matrix(np.random.randn(b,a)/np.sqrt(a)) for a,b in zip(sizes[:-1],sizes[1:])]; self.b=[np.matrix(np.zeros((n,1))) for n in sizes[1:]]
    def ff(self,x):
        self.a=[x]; 
        for W,b in zip(self.W,self.b): self.a.append(1/(1+np.exp(-(W*self.a[-1]+b))))
        return self.a[-1]
    def bp(self,x,y,eta):
        o=self.ff(x); d=np.multiply(o-y,np.multiply(o,1-o))
        for l in range(len(self.W)-1,-1,-1):
            gW=d*self.a[l].T; gb=d
            d=np.multiply(self.W[l].T*d,np.multiply(self.a[l],1-self.a[l]))
            self.W[l]=self.W[l]-eta*gW; self.b[l]=self.b[l]-eta*gb
n=Net([2,3,1]); D=[([0,0],0),([0,1],1),([1,0],1),([1,1],1)]
for e in range(500):
    for x,y in D: n.bp(np.matrix(x,dtype=float).T,np.matrix([[y]]),.7)
print([float(n.ff(np.matrix(x,dtype=float).T)[0,0]) for x,_ in D])
