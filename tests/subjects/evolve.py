"""A population of little networks; the best survive. No gradients here."""
import numpy as np

rng = np.random.default_rng(17)

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=float)
Y = np.array([0, 1, 1, 0], dtype=float)


class Creature:
    def __init__(self, genes=None):
        self.genes = rng.normal(0, 1, 17) if genes is None else genes

    def decide(self, X):
        w1 = self.genes[:8].reshape(2, 4)
        b1 = self.genes[8:12]
        w2 = self.genes[12:16]
        hidden = np.tanh(X @ w1 + b1)
        return 1 / (1 + np.exp(-(hidden @ w2 + self.genes[16])))

    def fitness(self):
        return -np.mean((self.decide(X) - Y) ** 2)

    def child_with(self, other):
        mask = rng.random(17) < 0.5
        genes = np.where(mask, self.genes, other.genes)
        return Creature(genes + rng.normal(0, 0.3, 17) * (rng.random(17) < 0.3))


population = [Creature() for _ in range(60)]
for generation in range(80):
    population.sort(key=Creature.fitness, reverse=True)
    if generation % 20 == 0:
        print("generation", generation, "best", population[0].fitness())
    parents = population[:12]
    children = [parents[rng.integers(12)].child_with(parents[rng.integers(12)]) for _ in range(48)]
    population = parents + children

best = max(population, key=Creature.fitness)
print(best.decide(X).round(2), best.fitness())
