import random


class Unit:
    """Fires when the weighted sum is above its threshold; learns by correction."""

    def __init__(self, n):
        self.strengths = [random.uniform(-1, 1) for _ in range(n)]
        self.threshold = random.uniform(-1, 1)

    def output(self, signals):
        total = sum(s * x for s, x in zip(self.strengths, signals))
        return int(total > self.threshold)

    def correct(self, signals, wanted, amount=0.1):
        difference = wanted - self.output(signals)
        for i, x in enumerate(signals):
            self.strengths[i] += amount * difference * x
        self.threshold -= amount * difference
        return difference != 0


if __name__ == "__main__":
    random.seed(8)
    unit = Unit(2)
    lessons = [((0.2, 0.9), 0), ((0.8, 0.3), 1), ((0.1, 0.4), 0), ((0.9, 0.7), 1), ((0.6, 0.1), 1), ((0.3, 0.8), 0)]
    wrong = len(lessons)
    while wrong:
        wrong = sum(unit.correct(signals, wanted) for signals, wanted in lessons)
        print(wrong, "of", len(lessons), "wrong")
