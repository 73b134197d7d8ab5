"""The module's own cost beside a training that does not call it: the gradient is to be judged against what it means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from annprobe.subject.making.binding import Offer, bindings
from annprobe.subject.making.pipeline import Owner
from annprobe.subject.making.program import Program, unused
from annprobe.subject.making.trial import moves, runs, takes_data, takes_targets
from annprobe.subject.making.workshop import Workshop

_MOST_BINDINGS = 4


def with_cost(workshop: Workshop, program: Program, owner: Owner, offer: Offer, step: tuple[str, ...]) -> Program:
    """The program with this step; before it, where the module has one that can be called so, its own cost.

    The cost is called with the parameters, the inputs and the targets; it gives one number and moves nothing.
    """
    name = unused("cost", workshop.namespace)
    offer = _same_settings(owner, offer, step)
    for function in owner.ranked("cost"):
        if f"{function.name}(" in "".join(step) or (owner.prefix and not function.stateful):
            continue  # of what the object does not hold, it is the cost of an output that it is handed
        for arguments in list(bindings(function, offer, making=False))[:_MOST_BINDINGS]:
            if not workshop.time_left or not _complete(program, owner, arguments):
                continue
            call = f"{name} = {owner.prefix}{function.name}({arguments})"
            value = (runs(workshop, program, call) or {}).get(name)
            if isinstance(value, tuple) and value and _is_number(value[0]):  # the cost, and its gradient
                call, value = f"{call}[0]", value[0]
            if _is_number(value):
                if not moves(workshop, program, owner.kept, call):
                    return replace(program, step=(call, *step), cost=call)
                break
    return replace(program, step=step)


def _same_settings(owner: Owner, offer: Offer, step: tuple[str, ...]) -> Offer:
    """The offer with the settings that the training leaves at their defaults, so that both have the same penalty."""
    text = "".join(step)
    called = [f for f in owner.functions if f"{f.name}(" in text]
    optional = [p for f in called for p in f.parameters if p.optional and isinstance(p.default, (int, float))]
    settings = {p.name: repr(p.default) for p in optional}
    return replace(offer, by_name={**offer.by_name, **settings})


def _complete(program: Program, owner: Owner, arguments: str) -> bool:
    """Whether the call is given inputs and targets, and the parameters where they are no attributes."""
    given = {part.split("=")[-1].strip() for part in arguments.split(",")}
    return (
        takes_data(arguments, program)
        and takes_targets(program, arguments)
        and (bool(owner.prefix) or bool(given & set(owner.kept)))
    )


def _is_number(value: Any) -> bool:
    if not isinstance(value, (float, np.floating, np.ndarray)):
        return False
    return np.size(value) == 1 and np.asarray(value).dtype.kind == "f"
