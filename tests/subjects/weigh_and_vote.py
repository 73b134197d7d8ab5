import numpy as np

votes = np.array([[1, 1, 0, 1], [0, 1, 0, 0], [1, 0, 1, 1], [0, 0, 1, 0], [1, 1, 1, 0], [0, 0, 0, 1]], float)
passed = np.array([1.0, 0.0, 1.0, 0.0, 1.0, 0.0])
trust = np.full(4, 0.1)
level = 0.2


def decision(trust, level, row):
    return float(row @ trust > level)


for session in range(30):
    for row, result in zip(votes, passed):
        error = result - decision(trust, level, row)
        trust += 0.1 * error
        level -= 0.1 * error
print([decision(trust, level, row) for row in votes])
