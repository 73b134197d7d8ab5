"""All mutants by id: collected from the own families and from those that other distributions announce."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

from annprobe.catalog.marked import collect
from annprobe.catalog.mutant import Mutant
from annprobe.engine.architecture import closest
from annprobe.engine.checks import CHECKS
from annprobe.engine.steps import REFERENCE, Steps
from annprobe.errors import BadArgument

PACKAGE = "annprobe.mutants"
GROUP = "annprobe.mutants"  # of entry points


@cache
def load() -> dict[str, Mutant]:
    """All mutants by id, own families first. Raises :class:`BadArgument` for one that is marked wrongly."""
    found: dict[str, Mutant] = {}
    for family, module in _modules():
        for mutant in collect(module, family):
            known = found.get(mutant.id)
            if known is not None and known.function is not mutant.function:
                raise BadArgument(f"two mutants are called {mutant.id!r}: in {known.origin} and in {mutant.origin}")
            found[mutant.id] = mutant
    return found


def get(id: str) -> Mutant:
    """The mutant of this id. Raises :class:`BadArgument` with the closest id for an unknown one."""
    return load()[closest("mutant", id, load())]


def inexpressible() -> dict[str, str]:
    """Bugs that are known and cannot be mutants of their own here, with the reasons."""
    return dict(importlib.import_module(PACKAGE).INEXPRESSIBLE)


def families() -> tuple[str, ...]:
    """Names of all families, in the catalogue's order."""
    return tuple(dict.fromkeys(mutant.family for mutant in load().values()))


def select(family: str | None = None, seen_by: str | None = None) -> tuple[Mutant, ...]:
    """The mutants of one family, or that one check kills, or all. Raises :class:`BadArgument` for unknown names."""
    if family is not None:
        closest("family", family, families())
    if seen_by is not None:
        closest("check", seen_by, CHECKS)
    return tuple(m for m in load().values() if family in (None, m.family) and seen_by in (None, m.seen_by))


def compose(mutants: Iterable[Mutant]) -> Steps:
    """One table with the faults of several mutants. Raises :class:`BadArgument` when two replace the same step."""
    steps, taken = REFERENCE, dict[str, str]()
    for mutant in mutants:
        if mutant.step in taken:
            raise BadArgument(f"{taken[mutant.step]} and {mutant.id} both replace the step {mutant.step}")
        taken[mutant.step] = mutant.id
        steps = steps.replaced(mutant.step, mutant.function)
    return steps


def _modules() -> Iterator[tuple[str, ModuleType]]:
    """Family name and module: own families, then those that other distributions announce."""
    try:
        package = importlib.import_module(PACKAGE)
    except ModuleNotFoundError as error:
        raise BadArgument("the mutant catalogue is not installed; in a checkout run `pip install -e .`") from error
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        yield info.name.replace("_", "-"), importlib.import_module(f"{PACKAGE}.{info.name}")
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        yield point.name, _announced(point)


def _announced(point: Any) -> ModuleType:
    where = point.dist.name if point.dist is not None else "a distribution"
    try:
        module = point.load()
    except Exception as error:
        raise BadArgument(f"the mutants {point.name!r} of {where} cannot be loaded from {point.value}: "
                          f"{type(error).__name__}: {error}") from error
    if not isinstance(module, ModuleType):
        raise BadArgument(f"the entry point {point.name!r} of {where} must name a module; {point.value} is a "
                          f"{type(module).__name__}")
    return module
