# one threshold unit on lists, the bias is the first weight

GATE = [
    [0.0, 0.0, 0],
    [0.0, 1.0, 1],
    [1.0, 0.0, 1],
    [1.0, 1.0, 1],
]


def fires(weights, row):
    excitation = weights[0]
    for k in range(len(row) - 1):
        excitation += weights[k + 1] * row[k]
    return 1 if excitation > 0.0 else 0


def teach(rows, speed, rounds):
    weights = [0.0] * len(rows[0])
    for number in range(rounds):
        slips = 0
        for row in rows:
            gap = row[-1] - fires(weights, row)
            slips += abs(gap)
            weights[0] = weights[0] + speed * gap
            for k in range(len(row) - 1):
                weights[k + 1] = weights[k + 1] + speed * gap * row[k]
        print("round", number, "slips", slips)
    return weights


print(teach(GATE, 0.25, 12))
