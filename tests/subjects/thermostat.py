import numpy as np


class Unit:
    """one hidden tanh unit between a linear input and a linear output"""

    def __init__(self):
        self.w, self.b = 0.5, 0.1
        self.v, self.c = 0.5, 0.0

    def predict(self, x):
        self.h = np.tanh(self.w * x + self.b)
        return self.v * self.h + self.c

    def loss(self, x, y):
        return np.mean((self.predict(x) - y) ** 2)

    def train(self, x, y, lr, epochs):
        for k in range(epochs):
            err = self.predict(x) - y
            dv = np.mean(2 * err * self.h)
            dc = np.mean(2 * err)
            back = 2 * err * self.v * (1 - self.h ** 2)
            dw = np.mean(back * x)
            db = np.mean(back)
            self.w -= lr * dw
            self.b -= lr * db
            self.v -= lr * dv
            self.c -= lr * dc
            if k % 500 == 0:
                print(k, "loss", self.loss(x, y))


# setting of the valve for a temperature difference
temperature = np.linspace(-1.5, 1.5, 25)[:, np.newaxis]
valve = np.array([0.9 * np.tanh(1.3 * t + 0.2) - 0.1 for t in np.linspace(-1.5, 1.5, 25)])

unit = Unit()
unit.train(temperature, valve, 0.2, 3000)
print("w %.3f b %.3f v %.3f c %.3f" % (unit.w, unit.b, unit.v, unit.c))
for t, v in list(zip(temperature, valve))[::6]:
    print(t, v, unit.predict(t))
