import numpy as np


def heaviside(value):
    if value < 0:
        return -1
    return 1


class Detector:
    def __init__(self, features, seed=4):
        state = np.random.RandomState(seed)
        self.coef = state.uniform(-0.5, 0.5, features)
        self.intercept = 0.0

    def decide(self, sample):
        return heaviside(np.dot(self.coef, sample) + self.intercept)

    def fit(self, samples, labels, step=0.05):
        mistakes = 1
        while mistakes > 0:
            mistakes = 0
            for sample, label in zip(samples, labels):
                decision = self.decide(sample)
                if decision != label:
                    mistakes += 1
                    self.coef += step * (label - decision) * sample
                    self.intercept += step * (label - decision)
            print(mistakes, "mistakes")


state = np.random.RandomState(9)
samples = state.uniform(-1.0, 1.0, (40, 4))
margin = samples @ np.array([1.0, -1.0, 2.0, 0.5]) + 0.3
keep = np.abs(margin) > 0.2
detector = Detector(4)
detector.fit(samples[keep], np.where(margin[keep] > 0, 1, -1))
