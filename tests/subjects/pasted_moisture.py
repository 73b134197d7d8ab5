# soil moisture from three probes; the rest of the program is at work

def predict_moisture(X, w1, b1, w2, b2):
    z1 = X.dot(w1) + b1
    a1 = sigmoid(z1)
    z2 = a1.dot(w2) + b2
    return z1, a1, z2


def slopes(X, Y, z1, a1, z2, w2):
    m = len(X)
    d2 = (z2 - Y) / m
    dw2 = a1.T.dot(d2)
    db2 = d2.sum(axis=0)
    d1 = d2.dot(w2.T)
    dw1 = X.T.dot(d1)
    db1 = d1.sum(axis=0)
    return dw1, db1, dw2, db2
