"""Trying out programs: whether they run, and whether they move numbers that were there before."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

from annprobe.subject.making.binding import Offer, data_offer, widths_offer
from annprobe.subject.making.callables import Function
from annprobe.subject.making.program import Program, unused
from annprobe.subject.making.workshop import Attempt, Workshop
from annprobe.subject.reading.words import Role, stage_of
from annprobe.subject.running.state import Leaf, compare, leaves
from annprobe.subject.surroundings.examples import N_EXAMPLES, Form, examples

COUNT = "3"  # for a parameter of which nothing is known
_RESULTS = {"make": "parameters", "forward": "output", "cost": "cost", "backward": "gradients"}


def start(workshop: Workshop, setup: Iterable[str], form: Form, widths: tuple[int, int], **more: Any) -> Program:
    """A program without a step, its variables named so that the module's own are not hidden.

    Where all widths are equal, so is the number of examples: then slips of axis and index run, and can be judged.
    """
    sizes: tuple[int, ...] = more.get("sizes") or ()
    if len(sizes) > 1 and len(set(sizes)) == 1:
        more["n"] = sizes[0]
    if workshop.hints.data is not None:
        data = workshop.hints.data
        widths, more["n"], more["data"] = data.widths, len(data.x), (data.x, data.y)
    names = {name: unused(name, workshop.namespace) for name in ("X", "Y", "x", "y", "data", "step")}
    return Program(tuple(setup), (), form, widths, names, **more)


def variables_of(program: Program) -> dict[str, Any]:
    """The examples under the program's names, and the start values that it brings along."""
    made = examples(program.form, program.widths, program.n, given=program.data)
    return {**{program.names[key]: value for key, value in made.items()}, **deepcopy(dict(program.values))}


def runs(workshop: Workshop, program: Program, *step: str) -> dict[str, Any] | None:
    """The variables that the program makes when it does the step once; None when it raises."""
    once = replace(program, step=step, repeat=1)
    made = workshop.remember((once.text, *_key(program)), lambda: _attempt(workshop, once, once.text))
    return made.variables if made.worked else None


def _attempt(
    workshop: Workshop, program: Program, text: str, look: Callable[[dict[str, Any]], None] | None = None
) -> Attempt:
    attempt = workshop.attempt(text, variables_of(program), look)
    if not attempt.worked and program.step and takes_targets(program, *program.step):
        workshop.failed(replace(program, repeat=1), attempt)
    return attempt


def _key(program: Program) -> tuple[Any, ...]:
    return program.form, program.widths, program.n, id(program.values)


def moves(workshop: Workshop, program: Program, watched: Iterable[str], *step: str) -> bool:
    """Whether the step changes numbers of the watched variables (or of the module's own), and keeps their shapes."""
    names = {*watched, *workshop.own_names}

    def held_after(text: str) -> dict[str, Leaf] | None:
        seen: list[dict[str, Leaf]] = []

        def look(namespace: dict[str, Any]) -> None:
            seen.append(leaves({n: namespace[n] for n in names if n in namespace and not n.startswith("__")}))

        attempt = _attempt(workshop, replace(program, step=step), text, look)
        return seen[0] if attempt.worked and seen else None

    setup = "\n".join(program.setup)
    before = workshop.remember(("held", setup, *names, *_key(program)), lambda: held_after(setup))
    text = replace(program, step=step, repeat=1).text
    if before is None:
        return False
    after = workshop.remember(("held", text, *names, *_key(program)), lambda: held_after(text))
    if after is None:
        return False
    change = compare(before, after)
    arrays = [p for p in change.changed if before[p].shape]
    several = sum(1 for p in change.changed if not before[p].shape) >= 2
    return change.kept and (bool(arrays) or several or _appeared(before, after, step[-1] if step else ""))


def _appeared(before: dict[str, Leaf], after: dict[str, Leaf], call: str) -> bool:
    """Weights that are only made when training begins: matrices, or vectors by what is called a training."""
    trains = stage_of(call.partition("(")[0].rpartition(".")[2]) == "train"
    least = 1 if trains and not any(leaf.shape for leaf in before.values()) else 2
    return not any(len(leaf.shape) == 2 for leaf in before.values()) and any(
        len(leaf.shape) in (least, 2) and leaf.finite for leaf in after.values()
    )


def assigned(call: str, function: Function, workshop: Workshop) -> tuple[str, dict[str, str]]:
    """The call with its results under the names that the function gives them: (statement, name -> variable)."""
    base = _RESULTS.get(function.stage, "result")
    names = tuple(f"{base}{n[6:] if len(function.returns) > 1 else ''}" if n.startswith("result") else n
                  for n in function.returns)  # fmt: skip
    if not names:
        return call, {}
    if not function.returns_tuple or len(set(names)) < len(names):
        name = names[0] if not function.returns_tuple else "result"
        return f"{unused(name, workshop.namespace)} = {call}", {name: unused(name, workshop.namespace)}
    results = {name: unused(name, workshop.namespace) for name in names}
    comma = "," if len(names) == 1 else ""
    return f"{', '.join(results.values())}{comma} = {call}", results


def roles(program: Program) -> dict[Role, str]:
    """Which variable holds what of the examples."""
    if program.form.paired:
        return {"pairs": program.names["data"], "X": program.names["data"]}
    one = program.form.one_by_one
    return {"X": program.names["x" if one else "X"], "Y": program.names["y" if one else "Y"]}


def using(program: Program, sizes: tuple[int, ...] | None = None) -> Offer:
    """What can be handed to a function that does something with the examples."""
    base = widths_offer(sizes or (3, 5, 2), N_EXAMPLES, {})
    hidden = ("n_in", "sizes", "n_out", "n_hidden", "depth", "activation", "loss") if sizes is None else ()
    kept = {role: texts for role, texts in base.by_role.items() if role not in hidden}
    offer = data_offer(roles(program), Offer({}, kept, ()))
    # of what is not known: a rate or a count
    return replace(offer, plenty=(*dict.fromkeys(offer.plenty), "0.1", COUNT))


def with_results(offer: Offer, results: Mapping[str, str], *as_roles: Role) -> Offer:
    """The offer with results of an earlier call, by name, for these roles, and for what nothing else fits."""
    found = tuple(results.values())
    if "grads" in as_roles and len(found) > 1:
        found = (f"({', '.join(found)})", *found)  # all of them likelier than one of them
    more: dict[Role, tuple[str, ...]] = {role: (*found, *offer.by_role.get(role, ())) for role in as_roles}
    return Offer({**offer.by_name, **results}, {**offer.by_role, **more}, (*offer.plenty, *found))


def takes_targets(program: Program, *calls: str) -> bool:
    """Whether one of the calls is handed the targets."""
    given = roles(program)
    name = given.get("Y", given.get("pairs", ""))
    return any(re.search(rf"\b{re.escape(name)}\b", call) for call in calls)


def takes_data(arguments: str, program: Program) -> bool:
    """Whether the argument list mentions the examples."""
    given = {part.split("=")[-1].strip() for part in arguments.split(",")}
    return bool(given & set(roles(program).values()))
