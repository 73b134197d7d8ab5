"""One training step out of several functions: forward, cost, backward, update, each fed with what came before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annprobe.subject.making.binding import Offer, bindings
from annprobe.subject.making.callables import Function
from annprobe.subject.making.descent import descent
from annprobe.subject.making.program import Program
from annprobe.subject.making.trial import assigned, moves, roles, runs, takes_data, takes_targets, with_results
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.reading.parameter_names import is_gradient
from annprobe.subject.reading.words import Role, Stage, roles_of
from annprobe.subject.running.state import leaves

_MOST_BINDINGS = 8


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose functions are called.

    prefix  ``"net."`` or ``""``
    kept    the variables that hold the parameters
    """

    functions: Sequence[Function]
    prefix: str
    kept: tuple[str, ...]

    def ranked(self, *stages: Stage) -> list[Function]:
        """Functions of these stages; those that call others of the same stage first."""
        found = [f for f in self.functions if f.stage in stages]
        names = {f.name for f in found}
        return sorted(found, key=lambda f: (stages.index(f.stage), -len(f.calls & names), f.line))


@dataclass(frozen=True, slots=True)
class _State:
    """How far a step has got: its statements, what can be handed over next, and which functions were used."""

    program: Program
    calls: tuple[str, ...]
    offer: Offer
    used: frozenset[str] = frozenset()


def pipelines(
    workshop: Workshop, program: Program, owner: Owner, offer: Offer, *, inside: bool = False
) -> Iterator[Program]:
    """Steps that move what ``owner.kept`` holds. ``inside``: it has the examples already."""
    start = _State(program, (), offer)
    for forward in _next(workshop, start, owner, ("forward", "other"), ("output", "cache"), data=not inside):
        state = _with_cost(workshop, forward, owner)
        yield from _backward(workshop, state, owner)
        handed = _with_error(forward, state)
        if handed is not None:
            yield from _backward(workshop, handed, replace(owner, functions=_wanting_errors(owner.functions)))
    yield from _backward(workshop, start, owner)


def _with_error(forward: _State, state: _State) -> _State | None:
    """For a backward pass that is handed the derivative of the cost: output minus targets."""
    target = roles(state.program).get("Y")
    outputs = forward.offer.by_role.get("output", ())
    if target is None or not outputs:
        return None
    named = [text for text in outputs if "output" in roles_of(text, making=False)[:1]]
    error = f"{[*outputs, *named][-1]} - {target}"
    asked: dict[Role, tuple[str, ...]] = {**state.offer.by_role, "grads": (error,), "Y": (error,), "X": (error,)}
    return replace(state, offer=Offer(state.offer.by_name, asked, (error,)))


def _wanting_errors(functions: Sequence[Function]) -> list[Function]:
    """Without the backward functions that take the targets themselves, or much else."""
    return [
        f
        for f in functions
        if f.stage != "backward"
        or (len(f.required) <= 2 and not any("Y" in roles_of(p.name, making=False)[:1] for p in f.required))
    ]


def _with_cost(workshop: Workshop, state: _State, owner: Owner) -> _State:
    """The same, with the module's own cost of the output, if one can be called."""
    for after in _next(workshop, state, owner, ("cost",), ("cache",), most=1):
        return after
    return state


def _backward(workshop: Workshop, state: _State, owner: Owner) -> Iterator[Program]:
    stages: tuple[Stage, ...] = (
        ("backward", "cost", "train", "other") if owner.prefix else ("backward", "cost", "other")
    )
    for after in _next(workshop, state, owner, stages, ("grads",), most=4):
        if moves(workshop, state.program, owner.kept, *after.calls):
            yield replace(state.program, step=after.calls)
        yield from _update(workshop, after, owner)


def _update(workshop: Workshop, state: _State, owner: Owner) -> Iterator[Program]:
    found = False
    for function in [f for f in owner.ranked("update", "train", "other") if f.name not in state.used][:6]:
        for arguments in list(bindings(function, state.offer, making=False))[:_MOST_BINDINGS]:
            if not owner.prefix and not (_mentions(arguments, None, owner) and _takes(arguments, state, "grads")):
                continue
            text = f"{owner.prefix}{function.name}({arguments})"
            call = kept_results(workshop, state.program, state.calls, owner, function, text)
            if call and moves(workshop, state.program, owner.kept, *state.calls, call):
                found = True
                yield replace(state.program, step=(*state.calls, call))
                break
    learned = takes_targets(state.program, *state.program.setup, *state.calls) or _reproduces(state, owner)
    if found or not learned:
        return
    variables = runs(workshop, state.program, *state.calls) or {}
    results = {n: v for n, v in variables.items() if n in state.offer.by_role.get("grads", ())}
    start = runs(workshop, state.program) or {}
    kept = {n: variables[n] for n in owner.kept if n in variables}
    given = {n: start[n] for n in state.program.names.values() if n in start}
    applied = descent(kept, results, {n: start[n] for n in owner.kept if n in start}, given)
    if applied and moves(workshop, state.program, owner.kept, *state.calls, *applied):
        yield replace(state.program, step=(*state.calls, *applied))


def _reproduces(state: _State, owner: Owner) -> bool:
    """Whether a cost of the step has its inputs for targets, as an autoencoder's has: it takes nothing else."""
    costs = [f for f in owner.functions if f.name in state.used and f.stage in ("cost", "backward") and f.returns_tuple]
    return any(
        any(p.array for p in f.required) and not any("Y" in roles_of(p.name, making=False) for p in f.required)
        for f in costs
    )


def _next(
    workshop: Workshop,
    state: _State,
    owner: Owner,
    stages: tuple[Stage, ...],
    as_roles: tuple[Role, ...],
    *,
    data: bool = False,
    most: int = 3,
) -> Iterator[_State]:
    """The state after one more call, for the first functions of these stages that can be called."""
    found = 0
    for function in [f for f in owner.ranked(*stages) if f.name not in state.used]:
        for arguments in list(bindings(function, state.offer, making=False))[:_MOST_BINDINGS]:
            if data and not takes_data(arguments, state.program):
                continue
            if not data and not _mentions(arguments, state, owner):
                continue
            call, results = assigned(f"{owner.prefix}{function.name}({arguments})", function, workshop)
            if not workshop.time_left or set(results.values()) & set(owner.kept):
                break
            if runs(workshop, state.program, *state.calls, call) is not None:
                found += 1
                offer = with_results(state.offer, results, *as_roles)
                yield _State(state.program, (*state.calls, call), offer, state.used | {function.name})
                break
        if found >= most:
            return


def _takes(arguments: str, state: _State, role: Role) -> bool:
    return any(text in arguments for text in state.offer.by_role.get(role, ()))


def _mentions(arguments: str, state: _State | None, owner: Owner) -> bool:
    """Whether a call is handed parameters, or (with a state) examples or what came before."""
    given = set(re.findall(r"\w+", arguments))
    known = set(owner.kept)
    if state is not None:
        known |= set(roles(state.program).values()) | set(state.offer.by_name.values()) | set(state.offer.plenty)
    return bool(given & known) or bool(owner.prefix)


def kept_results(
    workshop: Workshop, program: Program, calls: tuple[str, ...], owner: Owner, function: Function, call: str
) -> str:
    """A call, its results assigned to the variables whose next version they are; "" when it raises."""
    statement, results = assigned(call, function, workshop)
    variables = runs(workshop, program, *calls, statement)
    if variables is None:
        return ""
    before = runs(workshop, program, *calls) or {}
    free = [name for name in owner.kept if name in before]
    targets: list[str] = []
    if len(results) == 1 and len(free) > 1 and _alike(tuple(before[k] for k in free), variables.get(*results.values())):
        return f"{', '.join(free)} = {call}"
    whole = tuple(before[k] for k in free)
    for name in results.values():
        if len(free) > 1 and _alike(whole, variables.get(name)):  # all parameters in one tuple, beside a cost
            targets.append(f"({', '.join(free)})")
            free = []
            continue
        twin = name if name in free else None
        gradient = function.stage == "backward" or is_gradient(name)  # they have the shapes of parameters too
        if twin is None and not gradient:
            twin = next((k for k in free if _alike(before[k], variables.get(name))), None)
        if twin is not None:
            free.remove(twin)
        targets.append(twin or name)
    return f"{', '.join(targets)} = {call}" if targets else statement


def _alike(old: Any, new: Any) -> bool:
    """Whether two values hold arrays of the same shapes under the same paths."""
    first, second = leaves(old), leaves(new)
    return bool(first) and {p: leaf.shape for p, leaf in first.items()} == {p: leaf.shape for p, leaf in second.items()}
