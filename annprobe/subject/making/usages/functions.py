"""Usages of functions: initialise, then train with one call or step by step."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from annprobe.subject.making.binding import Offer, bindings, widths_offer
from annprobe.subject.making.callables import Function
from annprobe.subject.making.literal_widths import literal_widths
from annprobe.subject.making.pipeline import Owner, kept_results, pipelines
from annprobe.subject.making.program import Program, unused
from annprobe.subject.making.start_values import start_values
from annprobe.subject.making.trial import assigned, moves, runs, start, takes_data, takes_targets, using
from annprobe.subject.making.usages.costs import with_cost
from annprobe.subject.making.usages.objects import fits, widths_of
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.reading.words import Role, Stage, roles_of
from annprobe.subject.running.state import leaves, matrices
from annprobe.subject.surroundings.examples import N_EXAMPLES, Form, forms

_TRAINING: tuple[Stage, ...] = ("train", "update", "backward", "forward", "other")
_MOST_SETUPS = 4
_MOST_BINDINGS = 8


@dataclass(frozen=True, slots=True)
class Setup:
    """How the parameters come about: a call of the module's, or values of ours, or neither (the function does it)."""

    lines: tuple[str, ...] = ()
    results: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    layouts: tuple[str, ...] = ()  # only these layouts fit the values; () when all may
    widths: tuple[tuple[int, int], ...] = ()  # what the shapes of the results say, where sizes could not be asked for


def function_programs(workshop: Workshop, functions: dict[str, Function], sizes: tuple[int, ...]) -> Iterator[Program]:
    """Usages of the module's functions: trainings in one call, then steps of several."""
    asked = (sizes[0], sizes[-1])
    setups = setups_of(workshop, functions, sizes)
    fixed = [w for s in setups for w in s.widths] + widths_of(leaves(workshop.own_values))
    fixed += literal_widths(workshop.tree)
    setups.append(Setup())
    own = set().union(*(s.results for s in setups))  # what the module makes itself is not made again
    ours = [(v, layouts) for v, layouts in start_values(workshop, functions, sizes) if not set(v) <= own]
    setups += [Setup((), {n: n for n in v}, v, layouts) for v, layouts in ours]
    # trainings that are given parameters, in every form; then what makes its own, and steps of several calls
    for again, widths in itertools.product((False, True), dict.fromkeys([asked, *fixed])):
        for form, setup in itertools.product(forms(widths[1]), setups):
            if not workshop.time_left:
                return
            if (setup.layouts and form.layout not in setup.layouts) or (setup.widths and widths not in setup.widths):
                continue
            if not setup.results and not again:
                continue
            program = start(workshop, setup.lines, form, widths, sizes=sizes, values=setup.values)
            owner = Owner(list(functions.values()), "", tuple(setup.results.values()))
            ways = pipelines if setup.results and again else _trainings
            yield from ways(workshop, program, owner, _offer(workshop, program, setup, sizes))


def with_functions(workshop: Workshop, program: Program, functions: dict[str, Function], net: str) -> Iterator[Program]:
    """Functions that train an object that they are given: ``train(net, X, Y)``."""
    offer = using(program, program.sizes)
    roles: dict[Role, tuple[str, ...]] = {**offer.by_role, "params": (net,)}
    owner = Owner(list(functions.values()), "", (net,))
    yield from _trainings(workshop, program, owner, Offer(offer.by_name, roles, (net, *offer.plenty)))


def _offer(workshop: Workshop, program: Program, setup: Setup, sizes: tuple[int, ...]) -> Offer:
    offer = using(program, sizes)
    held = tuple(setup.results.values())
    if len(held) > 1:
        held = (f"({', '.join(held)})", *held)  # one parameter for all of them is likelier than for one of them
    first, *hidden, last = map(str, sizes)
    single = {**dict.fromkeys("ndD", first), **dict.fromkeys("hH", (hidden or ["4"])[0]), **dict.fromkeys("kKcC", last)}
    by_letter = single if any(v.ndim == 1 for v in setup.values.values() if hasattr(v, "ndim")) else {}
    constants = {n.lower(): n for n, v in workshop.namespace.items() if isinstance(v, (int, float, tuple, list))}
    roles: dict[Role, tuple[str, ...]] = {**offer.by_role, "params": held, "theta": held}
    roles = {role: texts for role, texts in roles.items() if texts}
    return Offer({**constants, **by_letter, **offer.by_name, **setup.results}, roles, (*offer.plenty, *held))


def setups_of(workshop: Workshop, functions: dict[str, Function], sizes: tuple[int, ...]) -> list[Setup]:
    """Calls of the module's initialisers, those first that give what was asked for."""
    program = start(workshop, (), Form(), (sizes[0], sizes[-1]))
    asking = widths_offer(sizes, N_EXAMPLES, workshop.namespace)
    data: dict[Role, tuple[str, ...]] = {"X": (program.names["X"],), "Y": (program.names["Y"],)}
    offer = Offer(asking.by_name, {**asking.by_role, **data}, asking.plenty)
    found: list[tuple[int, int, Setup]] = []
    for function in functions.values():
        if not function.returns or not (function.stage == "make" or _only_widths(function)):
            continue
        best: tuple[int, int, Setup] | None = None
        for arguments in list(bindings(function, offer, making=True))[:30]:
            line, results = assigned(f"{function.name}({arguments})", function, workshop)
            variables = runs(workshop, program, line)
            if variables is None or not workshop.time_left:
                continue
            held = leaves({n: variables.get(n) for n in results.values()})
            degree = fits(held, sizes)
            if degree and (best is None or degree > best[0]):
                widths = () if degree >= 2 else tuple(widths_of(held))
                best = (degree, len(function.calls & set(functions)), Setup((line,), results, widths=widths))
            if degree == 3 or (degree and not matrices(held)):  # of one flat vector nothing tells more
                break
        found += [best] if best is not None else []
    found.sort(key=lambda item: (-item[0], -item[1]))
    setups = [setup for _, _, setup in found[:_MOST_SETUPS]]
    return [*setups, *(_whole(setup, workshop) for setup in setups if len(setup.results) > 1)]


def _only_widths(function: Function) -> bool:
    """Whether all that it requires are sizes and generators, so that it may make a network whatever its name is."""
    wanted = {"sizes", "n_in", "n_hidden", "n_out", "depth", "seed", "rng"}
    return bool(function.required) and all(
        wanted & set(roles_of(p.name, making=True)[:1]) and len(p.name) > 1 for p in function.required
    )


def _whole(setup: Setup, workshop: Workshop) -> Setup:
    """The same with the results kept together, for functions that take them so."""
    name = unused("parameters", workshop.namespace)
    call = setup.lines[0].partition(" = ")[2]
    return replace(setup, lines=(f"{name} = {call}",), results={"parameters": name})


def _trainings(workshop: Workshop, program: Program, owner: Owner, offer: Offer) -> Iterator[Program]:
    """One call that trains: it moves what it was given (or the module's own variables), or it is called a training."""
    for function in owner.ranked(*_TRAINING):
        if function.stage != "train" and not function.loops and not owner.kept and not workshop.own_arrays:
            continue
        for arguments in list(bindings(function, offer, making=False))[:_MOST_BINDINGS]:
            if not takes_data(arguments, program) or not _uses(arguments, owner):
                continue
            if function.stage == "forward" and not takes_targets(program, arguments):
                continue
            step = kept_results(workshop, program, (), owner, function, f"{function.name}({arguments})")
            if step and moves(workshop, program, owner.kept, step):
                yield with_cost(workshop, program, owner, offer, (step,))
                break
            if step and (function.stage == "train" or function.loops):
                yield replace(with_cost(workshop, program, owner, offer, (step,)), repeat=1)
                break


def _uses(arguments: str, owner: Owner) -> bool:
    """Parameters that were made are handed over, else the setup is idle."""
    given = set(re.findall(r"\w+", arguments))
    return not owner.kept or bool(given & set(owner.kept))
