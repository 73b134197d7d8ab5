"""Run me: python main.py"""
import numpy as np

from core.brain import Brain
from core.functions import LeakyRelu, Sigmoid


def ring(n, seed):
    rng = np.random.RandomState(seed)
    x = rng.uniform(-1, 1, (n, 2))
    r = np.hypot(x[:, 0], x[:, 1])
    return x, ((r > 0.4) & (r < 0.9)).astype(float)[:, None]


if __name__ == "__main__":
    x, wanted = ring(120, 3)
    brain = Brain([2, 10, 8, 1], [LeakyRelu, LeakyRelu, Sigmoid], seed=4)
    for step in range(3000):
        error = brain.learn(x, wanted, 1.0)
        if step % 500 == 0:
            print(step, round(error, 5))
    print("accuracy", np.mean((brain.think(x) > 0.5) == wanted))
