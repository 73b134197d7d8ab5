"""Usages of functions that fit together by their names: what one returns as ``z1`` another one takes as ``z1``.

Parameters and globals that nothing makes are made by their names: weights and biases, examples, a rate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from annprobe.subject.making.binding import Offer, bindings
from annprobe.subject.making.callables import Function
from annprobe.subject.making.descent import descent, may_be_gradient
from annprobe.subject.making.pipeline import Owner, kept_results
from annprobe.subject.making.program import Program
from annprobe.subject.making.trial import assigned, moves, runs, start, takes_targets, using
from annprobe.subject.making.usages.named_values import Named, named_values, setting_of
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.reading.unbound import unbound_names
from annprobe.subject.reading.words import roles_of, words
from annprobe.subject.surroundings.examples import N_EXAMPLES, Form

_MOST_BINDINGS = 3
_NEVER = ("make",)


@dataclass(frozen=True, slots=True)
class _Chain:
    """How far it has got: statements, what is known under which name, and the variables that results are in."""

    lines: tuple[str, ...]
    known: Mapping[str, str]
    results: tuple[str, ...] = ()


def named_programs(workshop: Workshop, functions: dict[str, Function], sizes: tuple[int, ...]) -> Iterator[Program]:
    """One step that calls each of the functions once, in an order in which all that they ask for is there."""
    undefined = _undefined(workshop, functions)
    for named in named_values(workshop, functions, undefined, sizes):
        for form in named.forms:
            if not workshop.time_left:
                return
            program = _started(workshop, functions, undefined, named, form, sizes)
            for chosen in (_roots(functions), list(functions.values())):
                found = list(_stepped(workshop, program, named, chosen))
                yield from found
                if found:
                    break


def _undefined(workshop: Workshop, functions: dict[str, Function]) -> list[str]:
    """Names that functions read and nobody defines."""
    read = {name for function in functions.values() for name in function.calls}
    return sorted((unbound_names(workshop.tree) & read) - set(workshop.namespace))


def _roots(functions: dict[str, Function]) -> list[Function]:
    """Functions that no other one calls."""
    called = {name for function in functions.values() for name in function.calls - {function.name}}
    return [f for f in functions.values() if f.name not in called]


def _started(
    workshop: Workshop,
    functions: dict[str, Function],
    undefined: Sequence[str],
    named: Named,
    form: Form,
    sizes: tuple[int, ...],
) -> Program:
    """The program with its values, the examples under the names that functions look for outside of themselves."""
    widths = named.widths or (sizes[0], sizes[-1])
    given = None if named.widths or named.own else sizes
    settings = {name: text for name in undefined if (text := setting_of(name, N_EXAMPLES)) is not None}
    setup = (*named.setup, *(f"{name} = {text}" for name, text in settings.items()))
    program = start(workshop, setup, form, widths, sizes=given, values=named.values)
    names = dict(program.names)
    for key, role in (("X", "X"), ("Y", "Y")):
        wanted = [n for n in undefined if roles_of(n, making=False)[:1] == [role] and not n[-1:].isdigit()]
        names[key] = wanted[0] if wanted else names[key]
    return replace(program, names=names)


def _stepped(workshop: Workshop, program: Program, named: Named, functions: Sequence[Function]) -> Iterator[Program]:
    ahead = tuple(line.format(**program.names) for line in named.ahead)
    if ahead and runs(workshop, program, *ahead) is None:
        return
    kept = named.kept or tuple(named.values)
    own = {n: n for n in workshop.own_names if not n.startswith("__") and (named.own or _is_constant(workshop, n))}
    own.update({n: n for n in named.given})
    chain = _Chain(ahead, {**_defaults(functions), **own, **{n: n for n in kept}})
    owner = Owner(functions, "", kept)
    waiting = [f for f in functions if f.stage not in _NEVER and not _idle(f)]
    while waiting:
        after = next(_called(workshop, program, owner, chain, waiting), None)
        if after is None:
            break
        function, chain = after
        waiting.remove(function)
        trained = named.own or takes_targets(program, *chain.lines)
        if trained and moves(workshop, program, kept, *chain.lines):
            yield replace(program, step=chain.lines)
            return
    if named.own or takes_targets(program, *chain.lines):
        yield from _applied(workshop, program, chain, kept)


def _defaults(functions: Sequence[Function]) -> dict[str, str]:
    """Settings that one function leaves at a default, for the others: a cost and its gradient have the same penalty."""
    optional = [p for f in functions for p in f.parameters if p.optional]
    return {p.name: repr(p.default) for p in optional if type(p.default) in (int, float)}


def _is_constant(workshop: Workshop, name: str) -> bool:
    """Whether the module sets a number, no data."""
    return isinstance(workshop.namespace[name], (int, float, str))


def _idle(function: Function) -> bool:
    """Whether a function is a mere formula, as an activation: one parameter, and no weights."""
    return len(function.required) == 1 and not function.loops and not function.returns_tuple


def _called(
    workshop: Workshop, program: Program, owner: Owner, chain: _Chain, waiting: Sequence[Function]
) -> Iterator[tuple[Function, _Chain]]:
    """The chain with one more call, of the first function that has all it asks for."""
    base = using(program, program.sizes)
    if not any(
        "reg" in roles_of(p.name, making=False) for f in owner.functions if f.stage == "cost" for p in f.required
    ):
        base = replace(base, by_role={**base.by_role, "reg": ("0.0",)})  # without a cost that knows the penalty
    for function in waiting:
        known = {**_alike(function, chain), **chain.known}
        offer = Offer({**base.by_name, **known}, base.by_role, ())
        if not all(_has(p.name, offer) or p.rate for p in function.required) or _makes_its_own(function, owner):
            continue
        for arguments in list(bindings(function, offer, making=False))[:_MOST_BINDINGS]:
            call, results = assigned(f"{function.name}({arguments})", function, workshop)
            if function.stage in ("update", "train") or set(results) & set(owner.kept):
                call = kept_results(workshop, program, chain.lines, owner, function, f"{function.name}({arguments})")
                results = {n: v for n, v in results.items() if v not in owner.kept}
            if call and runs(workshop, program, *chain.lines, call) is not None:
                held = (*chain.results, *results.values())
                yield function, _Chain((*chain.lines, call), {**chain.known, **results}, held)
                break


def _makes_its_own(function: Function, owner: Owner) -> bool:
    """Whether a function returns parameters that it was not given: then it is another training."""
    return bool(set(function.returns) & set(owner.kept)) and not {p.name for p in function.parameters} & set(owner.kept)


def _has(name: str, offer: Offer) -> bool:
    """Whether something is known under this name, or for what the name means."""
    return name in offer.by_name or any(offer.by_role.get(role) for role in roles_of(name, making=False)[:1])


def _alike(function: Function, chain: _Chain) -> dict[str, str]:
    """Parameters that are results but for an abbreviation (``p`` for ``pred``) or the order of the words."""
    found = {}
    for parameter in function.required:
        name = parameter.name
        if name in chain.known or parameter.rate:
            continue
        same = [k for k in chain.known if len(words(k)) > 1 and sorted(words(k)) == sorted(words(name))]
        short = [k for k in chain.known if k in chain.results and len(k) > 1 and k.startswith(name)]
        if len(same or short) == 1:
            found[name] = chain.known[(same or short)[0]]
    return found


def _applied(workshop: Workshop, program: Program, chain: _Chain, kept: tuple[str, ...]) -> Iterator[Program]:
    """The gradients among the results, applied to the parameters that their names speak of."""
    variables = runs(workshop, program, *chain.lines) or {} if chain.lines else {}
    results = {n: variables[n] for n in chain.results if n in variables and may_be_gradient(n, variables[n])}
    held = {**workshop.own_values, **variables, **program.values}
    weights = {n: held[n] for n in kept if n in held}
    applied = descent(weights, results, weights)
    if applied and moves(workshop, program, kept, *chain.lines, *applied):
        yield replace(program, step=(*chain.lines, *applied))
