"""From marked functions to mutants: what marks and docstrings say, checked."""

from __future__ import annotations

import inspect
from types import ModuleType

from annprobe.catalog.mutant import Mutant
from annprobe.engine.architecture import closest
from annprobe.engine.checks import CHECKS
from annprobe.engine.marking import ATTRIBUTE, Mark
from annprobe.engine.steps import REFERENCE, STEP_NAMES, Step
from annprobe.errors import BadArgument
from annprobe.findings import CODES

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
