import random, math
random.seed(1)
def rnd(a,b): return [[random.uniform(-.7,.7) for _ in range(b)] for _ in range(a)]
W1=rnd(4,3); W2=rnd(1,5)
data=[([0,0],[0]),([0,1],[1]),([1,0],[1]),([1,1],[0])]
def fw(x):
    xi=x+[1]; h=[math.tanh(sum(w*v for w,v in zip(r,xi))) for r in W1]; hi=h+[1]
    o=[1/(1+math.exp(-sum(w*v for w,v in zip(r,hi)))) for r in W2]
    return xi,h,hi,o
for ep in range(3000):
    random.shuffle(data)
    for x,t in data:
        xi,h,hi,o=fw(x)
        do=[(t[k]-o[k])*o[k]*(1-o[k]) for k in range(1)]
        dh=[(1-h[j]**2)*sum(do[k]*W2[k][j] for k in range(1)) for j in range(4)]
        for k in range(1):
            for j in range(5): W2[k][j]+=.3*do[k]*hi[j]
        for j in range(4):
            for i in range(3): W1[j][i]+=.3*dh[j]*xi[i]
print([round(fw(x)[3][0],2) for x,t in data])
