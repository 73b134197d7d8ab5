"""Teach a neuron a logic gate. Asks which one."""
import random
import math

GATES = {'and': (0, 0, 0, 1), 'or': (0, 1, 1, 1), 'nand': (1, 1, 1, 0)}

name = input("Which gate (and / or / nand)? ").strip().lower()
if name not in GATES:
    print("I do not know that one, taking 'or'")
    name = 'or'
answer = input("How many rounds? ")
rounds = int(answer) if answer.isdigit() else 2000

random.seed(0)
w0 = random.uniform(-0.5, 0.5)
w1 = random.uniform(-0.5, 0.5)
w2 = random.uniform(-0.5, 0.5)
rate = 0.5

table = list(zip((0, 0, 1, 1), (0, 1, 0, 1), GATES[name]))


def neuron(a, b):
    return 1 / (1 + math.exp(-(w0 + w1 * a + w2 * b)))


for r in range(rounds):
    loss = 0
    for a, b, t in table:
        y = neuron(a, b)
        loss -= t * math.log(y) + (1 - t) * math.log(1 - y)
        miss = y - t
        w0 -= rate * miss
        w1 -= rate * miss * a
        w2 -= rate * miss * b
    if r % 500 == 0:
        print("round", r, "loss", round(loss, 4))

for a, b, t in table:
    print(a, name, b, "=", round(neuron(a, b), 2))
input("Press enter to leave")
