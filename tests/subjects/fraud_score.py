import numpy as np

# transactions: amount, hour, distance from home; 1 = fraud
rng = np.random.RandomState(27)
good = np.c_[rng.gamma(2, 40, 60), rng.normal(14, 3, 60), rng.gamma(2, 5, 60)]
bad = np.c_[rng.gamma(2, 400, 20), rng.normal(3, 2, 20), rng.gamma(2, 100, 20)]
X = np.r_[good, bad]
y = np.r_[np.zeros(60), np.ones(20)].reshape(-1, 1)

W1 = rng.randn(3, 5)
b1 = np.zeros(5)
W2 = rng.randn(5, 1)
b2 = np.zeros(1)

def predict(X):
    hidden = np.maximum(0, X @ W1 + b1)
    return hidden, 1/(1 + np.exp(-(hidden @ W2 + b2)))

def log_loss(p, y):
    return -np.mean(y*np.log(p) + (1 - y)*np.log(1 - p))

with np.errstate(all='ignore'):
    for i in range(500):
        hidden, p = predict(X)
        loss = log_loss(p, y)
        dout = (p - y)/len(y)
        dhid = dout @ W2.T*(hidden > 0)
        W2 -= 0.1*hidden.T @ dout
        b2 -= 0.1*dout.sum(axis=0)
        W1 -= 0.1*X.T @ dhid
        b1 -= 0.1*dhid.sum(axis=0)
        if i % 100 == 0:
            print('iteration', i, 'loss', loss)
    print('recall', np.mean(predict(X)[1][y == 1] > 0.5), 'false alarms', np.mean(predict(X)[1][y == 0] > 0.5))
