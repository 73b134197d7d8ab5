from numpy import matrix, multiply, exp, ones, random, sum, hstack, array

# perceptron with one hidden layer, matlab habits
random.seed(23)

P = matrix('-1 -1 1 1; -1 1 -1 1; 0.5 -0.5 -0.5 0.5')     # one pattern per column
T = matrix('0 1 1 0; 1 1 0 0')

nHidden = 5
W1 = matrix(random.randn(nHidden, 3))
B1 = matrix(random.randn(nHidden, 1))
W2 = matrix(random.randn(2, nHidden))
B2 = matrix(random.randn(2, 1))
eta = 0.8

def logsig(n):
    return 1/(1 + exp(-n))

for epoch in range(1500):
    A1 = logsig(W1*P + B1)
    A2 = logsig(W2*A1 + B2)
    E = T - A2
    if epoch % 300 == 0:
        print('epoch %d, sse %g' % (epoch, sum(multiply(E, E))))
    S2 = -multiply(multiply(A2, 1 - A2), E)
    S1 = multiply(multiply(A1, 1 - A1), W2.T*S2)
    W2 -= eta*S2*A1.T
    B2 -= eta*S2.sum(axis=1)
    W1 -= eta*S1*P.T
    B1 -= eta*S1.sum(axis=1)

print('A2 ='); print(A2)
