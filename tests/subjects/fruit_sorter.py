# apples (1) and oranges (0) by weight, redness, roughness; bias stored in front of the weights
FRUIT = [
    [1.4, 0.8, 0.1, 1],
    [1.6, 0.3, 0.9, 0],
    [1.2, 0.9, 0.2, 1],
    [1.7, 0.2, 0.7, 0],
    [1.5, 0.7, 0.3, 1],
    [1.3, 0.4, 0.8, 0],
]


def answer(w, fruit):
    z = w[0]
    for j in range(3):
        z = z + w[j + 1] * fruit[j]
    if z > 0:
        return 1
    return 0


def learn(rounds, rate):
    w = [0.1, -0.2, 0.3, 0.1]
    for _ in range(rounds):
        for fruit in FRUIT:
            error = fruit[3] - answer(w, fruit)
            w[0] += rate * error * fruit[0]
            for j in range(3):
                w[j + 1] += rate * error * fruit[j]
    return w


w = learn(30, 0.2)
print([answer(w, fruit) for fruit in FRUIT], [fruit[3] for fruit in FRUIT])
