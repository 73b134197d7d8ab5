"""Numbers that know how they were made; nothing is trained here."""
import math


class Num:
    def __init__(self, v, made_of=()):
        self.v = v
        self.g = 0.0
        self.made_of = set(made_of)
        self.pull = lambda: None

    @staticmethod
    def of(thing):
        return thing if isinstance(thing, Num) else Num(thing)

    def __add__(self, other):
        other = Num.of(other)
        result = Num(self.v + other.v, (self, other))

        def pull():
            self.g += result.g
            other.g += result.g
        result.pull = pull
        return result

    def __mul__(self, other):
        other = Num.of(other)
        result = Num(self.v * other.v, (self, other))

        def pull():
            self.g += other.v * result.g
            other.g += self.v * result.g
        result.pull = pull
        return result

    def __truediv__(self, other):
        other = Num.of(other)
        result = Num(self.v / other.v, (self, other))

        def pull():
            self.g += result.g / other.v
            other.g += -self.v / other.v ** 2 * result.g
        result.pull = pull
        return result

    def logistic(self):
        s = 1.0 / (1.0 + math.exp(-self.v))
        result = Num(s, (self,))

        def pull():
            self.g += s * (1.0 - s) * result.g
        result.pull = pull
        return result

    def bent(self):
        e = math.exp(2.0 * self.v)
        t = (e - 1.0) / (e + 1.0)
        result = Num(t, (self,))

        def pull():
            self.g += (1.0 - t * t) * result.g
        result.pull = pull
        return result

    def back(self):
        order, known = [], set()

        def visit(num):
            if num not in known:
                known.add(num)
                for part in num.made_of:
                    visit(part)
                order.append(num)
        visit(self)
        self.g = 1.0
        for num in reversed(order):
            num.pull()

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -Num.of(other)

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other
