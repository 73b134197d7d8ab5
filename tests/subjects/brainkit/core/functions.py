import numpy as np


class Sigmoid:
    @staticmethod
    def apply(z):
        return 1.0 / (1.0 + np.exp(-z))

    @staticmethod
    def slope(a):
        return a * (1.0 - a)


class LeakyRelu:
    ALPHA = 0.2

    @classmethod
    def apply(cls, z):
        return np.where(z > 0, z, cls.ALPHA * z)

    @classmethod
    def slope(cls, a):
        return np.where(a > 0, 1.0, 0.02)
