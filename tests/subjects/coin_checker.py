from random import Random

draw = Random(3)
coins = [(draw.gauss(2.4, 0.2), draw.gauss(7.5, 0.3), 1) for _ in range(15)]
coins += [(draw.gauss(1.6, 0.2), draw.gauss(6.0, 0.3), -1) for _ in range(15)]


class Checker:
    def __init__(self):
        self.w_size = 0.5
        self.w_mass = -0.5
        self.w0 = 0.0

    def verdict(self, size, mass):
        z = self.w_size * size + self.w_mass * mass + self.w0
        if z > 0:
            result = 1
        else:
            result = -1
        return result

    def study(self, data, eta=0.05, times=20):
        for _ in range(times):
            for size, mass, genuine in data:
                e = genuine - self.verdict(size, mass)
                self.w_size += eta * e * size
                self.w_mass += eta * e * mass
                self.w0 -= eta * e


checker = Checker()
checker.study(coins)
print(sum(checker.verdict(s, m) == g for s, m, g in coins), "of", len(coins))
