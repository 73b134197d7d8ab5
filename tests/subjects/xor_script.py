import numpy as np
np.random.seed(5)

# input and output
X = np.array([[0,0],
              [0,1],
              [1,0],
              [1,1]])
y = np.array([[0],
              [1],
              [1],
              [0]])

# weights, biases
w1 = np.random.randn(2,3)
b1 = np.random.randn(1,3)
w2 = np.random.randn(3,1)
b2 = np.random.randn(1,1)

lr = 1.0

for i in range(4000):
    # forward
    a1 = 1/(1+np.exp(-(X.dot(w1)+b1)))
    a2 = 1/(1+np.exp(-(a1.dot(w2)+b2)))

    # backward
    dz2 = (a2-y)*a2*(1-a2)
    dz1 = dz2.dot(w2.T)*a1*(1-a1)

    w2 = w2 - lr*a1.T.dot(dz2)
    b2 = b2 - lr*dz2.sum(axis=0,keepdims=True)
    w1 = w1 - lr*X.T.dot(dz1)
    b1 = b1 - lr*dz1.sum(axis=0,keepdims=True)

    if i%1000==0:
        print('Error:', np.mean(np.abs(y-a2)))

print('Output after training')
print(a2)
