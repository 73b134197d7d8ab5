"""The catalogue of mutants: collects what is marked, checks it, and describes it.

Own families lie in the package ``annprobe.mutants``; others come from distributions with an entry point of the group
``annprobe.mutants`` that names a module. Marking registers nothing, so a module imported twice counts once. This is the
only module that imports the families.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from types import ModuleType
from typing import Any

from annprobe.engine.architecture import closest
from annprobe.engine.checks import CHECKS
from annprobe.engine.marking import ATTRIBUTE, Condition, Mark
from annprobe.engine.network import Network
from annprobe.engine.steps import REFERENCE, STEP_NAMES, Step, Steps
from annprobe.errors import BadArgument
from annprobe.exhibits.store import Exhibit, stored
from annprobe.findings import CODES

PACKAGE = "annprobe.mutants"
GROUP = "annprobe.mutants"  # of entry points
SECTIONS = {  # of a mutant's docstring, with the fields that they fill
    "Correct": "correct",
    "Bugged": "bugged",
    "Silent": "silent_text",
    "Shows": "shows",
    "Fix": "fix",
    "Seen": "seen",
}

# Code of the cause that a family's mutants stand for, unless the mark says another. Families of others: AP901.
FAMILY_CODES = {
    "layer-index": "AP301",
    "outer-product": "AP301",
    "delta-recursion": "AP301",
    "transposes": "AP302",
    "bias": "AP303",
    "activation-derivative": "AP304",
    "loss-derivative": "AP305",
    "reduction": "AP306",
    "stale-state": "AP309",
    "update-rule": "AP404",
    "initialisation": "AP403",
    "forward-pass": "AP201",
    "data": "AP101",
    "numerics": "AP601",
    "gradient-checker": "AP501",
    "checker-verdict": "AP501",
}


@dataclass(frozen=True)
class Mutant:
    """One deliberately bugged step.

    id, family    ``bs-slice-last``, ``bias``
    step          name of the step that ``function`` replaces
    seen_by       the check that kills it; None for an equivalent mutant
    silent        when it computes the same as the reference
    code          of the cause it stands for
    summary, correct, bugged, silent_text, shows, fix, seen   the sections of its docstring
    origin        module it comes from
    """

    id: str
    family: str
    step: str
    function: Step
    seen_by: str | None
    silent: Condition
    code: str
    summary: str
    correct: str
    bugged: str
    silent_text: str
    shows: str
    fix: str
    seen: str
    origin: str

    @property
    def steps(self) -> Steps:
        """The reference's table with this one entry replaced."""
        return REFERENCE.replaced(self.step, self.function)

    def silent_throughout(self, network: Network) -> bool:
        """Is it the reference on every network of this architecture, size and setup? A run would be wasted."""
        return self.silent.holds(network) and not self.silent.here_only

    @property
    def cause(self) -> str:
        """Family of the cause, as findings name it."""
        return CODES[self.code]

    @property
    def gradient_check(self) -> bool:
        """Does a gradient check of the network see it?"""
        return self.seen_by == "gradient"

    @property
    def source(self) -> str:
        """The function as it is written, without marker and docstring."""
        return source_of(self.function)

    @property
    def source_of_step(self) -> str:
        """The reference's function for the same step, without its docstring."""
        return source_of(getattr(REFERENCE, self.step))


def source_of(function: Step) -> str:
    """The lines of a function from ``def`` on, without its docstring; '' where there is no source."""
    try:
        lines = inspect.getsource(function).splitlines()
    except OSError:
        return ""
    while not lines[0].startswith("def "):
        lines.pop(0)
    doc = [i for i, line in enumerate(lines) if line.strip().startswith('"""') or line.rstrip().endswith('"""')]
    if doc:
        del lines[doc[0] : (doc[1] if len(doc) > 1 and lines[doc[0]].count('"""') == 1 else doc[0]) + 1]
    return "\n".join(lines)


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


@dataclass(frozen=True)
class Row:
    """A line of the catalogue's table. ``widths`` are those of the smallest network that shows the mutant."""

    id: str
    family: str
    summary: str
    gradient_check: bool
    seen_by: str | None
    widths: tuple[int, ...] | None


def rows(family: str | None = None) -> tuple[Row, ...]:
    """The table of the catalogue, or of one family of it. Raises :class:`BadArgument` for an unknown family."""
    known = stored()
    return tuple(
        Row(m.id, m.family, m.summary, m.gradient_check, m.seen_by, known[m.id].widths if m.id in known else None)
        for m in select(family)
    )


@dataclass(frozen=True)
class Description:
    """Everything there is to say about one mutant, as data: the mutant, both codes, its exhibit."""

    mutant: Mutant
    silent_when: str
    code_right: str
    code_wrong: str
    exhibit: Exhibit | None


def describe(id: str) -> Description:
    """All about one mutant. The exhibit of one that comes from elsewhere is searched now, which may take seconds.

    Raises :class:`BadArgument`, with the closest id, for an unknown one.
    """
    mutant = get(id)
    exhibit = stored().get(id)
    if exhibit is None:
        exhibit = importlib.import_module("annprobe.exhibits.search").found(mutant)  # hypothesis: only if needed
    return Description(mutant, mutant.silent.text, mutant.source_of_step, mutant.source, exhibit)


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


def collect(module: ModuleType, family: str) -> list[Mutant]:
    """The marked functions that a module defines. Raises :class:`BadArgument` for one that is marked wrongly."""
    marked = [value for value in vars(module).values() if isinstance(getattr(value, ATTRIBUTE, None), Mark)]
    own = [function for function in marked if function.__module__ == module.__name__]
    return [_checked(function, family, module.__name__) for function in own]


def _checked(function: Step, family: str, origin: str) -> Mutant:
    mark: Mark = getattr(function, ATTRIBUTE)
    try:
        closest("step", mark.step, STEP_NAMES)
        if mark.seen_by is not None:
            closest("check", mark.seen_by, CHECKS)
        code = closest("code", mark.code or FAMILY_CODES.get(family, "AP901"), CODES)
        _check_arguments(function, mark.step)
        summary, sections = _sections(function)
    except BadArgument as error:
        raise BadArgument(f"mutant {mark.id!r} in {origin}: {error}") from error
    named = {"id": mark.id, "family": family, "step": mark.step, "origin": origin, "code": code, "summary": summary}
    return Mutant(function=function, seen_by=mark.seen_by, silent=mark.silent, **named, **sections)


def _check_arguments(function: Step, step: str) -> None:
    wanted = list(inspect.signature(getattr(REFERENCE, step)).parameters)
    given = list(inspect.signature(function).parameters)
    if given != wanted:
        raise BadArgument(f"the step {step} has the arguments ({', '.join(wanted)}), the function ({', '.join(given)})")


def _sections(function: Step) -> tuple[str, dict[str, str]]:
    """First line and sections of a mutant's docstring."""
    lines = inspect.cleandoc(function.__doc__ or "").splitlines()
    found: dict[str, list[str]] = {}
    for line in lines[1:]:
        title, _, rest = line.partition(" ")
        if title in SECTIONS:
            found[title] = [rest.strip()]
        elif line.strip() and found:
            found[list(found)[-1]].append(line.strip())
    missing = [title for title in SECTIONS if not found.get(title, [""])[0]]
    if missing or not lines or list(found) != list(SECTIONS):
        raise BadArgument(f"its docstring must have a first line and the sections {', '.join(SECTIONS)}, in this "
                          f"order; missing: {', '.join(missing) or 'none, but the order is another'}")
    return lines[0], {field: " ".join(found[title]) for title, field in SECTIONS.items()}
