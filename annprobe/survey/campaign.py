"""What a survey consists of: a :class:`Campaign`, cut into units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from annprobe import catalog
from annprobe.errors import BadArgument
from annprobe.survey import tasks
from annprobe.survey.blueprints import blueprints
from annprobe.survey.measure import trains
from annprobe.survey.units import Unit, code_digest


@dataclass(frozen=True)
class Campaign:
    """Every mutant on every architecture, task and seed, healthy runs beside them.

    mutants       ids of mutants that change a training run; "a+b" for two at once
    architectures how many blueprints; they are drawn from ``seed``
    seeds, origin_seeds   runs of each with the sensible setting, and with the origin's
    iterations, every     of each run, and how often its cost is recorded
    Raises :class:`BadArgument` for numbers that make no survey.
    """

    mutants: tuple[str, ...]
    architectures: int = 20
    tasks: tuple[str, ...] = tasks.DEFAULT
    seeds: int = 5
    origin_seeds: int = 2
    iterations: int = 2000
    every: int = 20
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("architectures", "seeds", "iterations", "every"):
            if getattr(self, name) < 1:
                raise BadArgument(f"{name} must be at least 1; it is {getattr(self, name)}")
        if self.every > self.iterations:
            raise BadArgument(f"every ({self.every}) must not be larger than iterations ({self.iterations})")
        for name in self.tasks:
            tasks.make(name)

    def units(self) -> list[Unit]:
        """The work: a unit for each blueprint and shape of examples."""
        made = [tasks.make(name) for name in self.tasks]
        result: list[Unit] = []
        for blueprint in blueprints(self.architectures, self.seed):
            shapes: dict[object, list[str]] = {}
            for task in made:
                architecture, data = blueprint.complete(task)
                shapes.setdefault((architecture, data.X.shape), []).append(task.name)
            result.extend(Unit(blueprint, tuple(names), self.mutants, self.seeds, self.origin_seeds, self.iterations,
                               self.every, code_digest()) for names in shapes.values())
        return result


def all_that_train() -> tuple[str, ...]:
    """Ids of the whole catalogue but for bugs that no training run can show: those of checkers and of metrics."""
    return tuple(mutant for mutant in catalog.load() if trains(mutant))


def chosen(names: Iterable[str]) -> tuple[str, ...]:
    """Mutants by id, by family, or joined by "+"; all that train where no name is given.

    Raises :class:`BadArgument` for unknown names, and for mutants that no training run can show.
    """
    found: dict[str, None] = {}
    for name in names:
        if name in catalog.families():
            found.update(dict.fromkeys(m.id for m in catalog.select(name) if trains(m.id)))
        elif "+" in name:
            catalog.compose(catalog.get(part) for part in name.split("+"))
            found[name] = None
        elif not trains(catalog.get(name).id):
            raise BadArgument(f"{name} is a bug of a checker or of a metric: it changes no training run")
        else:
            found[name] = None
    return tuple(found) or all_that_train()


def pairs(mutants: Sequence[str], count: int, seed: int = 0) -> tuple[str, ...]:
    """``count`` double faults of these mutants that fit together, drawn at random; all where there are fewer."""
    single = [m for m in mutants if "+" not in m]
    possible = [f"{a}+{b}" for a, b in combinations(single, 2) if catalog.get(a).step != catalog.get(b).step]
    chosen_ones = np.random.default_rng((seed, count)).permutation(len(possible))[:count]
    return tuple(possible[i] for i in sorted(chosen_ones.tolist()))
