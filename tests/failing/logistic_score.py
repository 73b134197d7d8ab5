from numpy import array, exp, random, dot, mean, zeros

random.seed(4)

class LogisticUnit:
    def __init__(self, n):
        self.weights = random.randn(n, 1) * 0.1
        self.bias = 0.0

    def probability(self, X):
        return 1 / (1 + exp(-(dot(X, self.weights) + self.bias)))

    def fit(self, X, y, steps, eta):
        for s in range(steps):
            p = self.probability(X)
            error = p - y
            self.weights -= eta * dot(X.T, error) / len(X)
            self.bias -= eta * mean(error)

    def score(self, X, y):
        predicted = self.probability(X).round(1)
        return 100.0 * mean(predicted == y)

X = random.randn(60, 3)
y = (dot(X, array([[1.0], [-2.0], [0.5]])) > 0).astype(int)
unit = LogisticUnit(3)
unit.fit(X, y, 300, 0.5)
print('accuracy on the training set: %.1f %%' % unit.score(X, y))
