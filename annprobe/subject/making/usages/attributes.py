"""Usages of a class whose objects lack what its methods read: weights, data and settings are given to them by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from annprobe.subject.making.binding import bindings, widths_offer
from annprobe.subject.making.callables import Class
from annprobe.subject.making.program import Program, unused
from annprobe.subject.making.trial import runs, start
from annprobe.subject.making.usages.named_values import in_matrices, setting_of
from annprobe.subject.making.usages.objects import one_call, several_calls
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.reading.parameter_names import is_bias, is_weight, number_of
from annprobe.subject.reading.pasted import missing_attributes
from annprobe.subject.reading.words import roles_of
from annprobe.subject.surroundings.examples import N_EXAMPLES, Form


def attribute_programs(workshop: Workshop, classes: Mapping[str, Class], sizes: tuple[int, ...]) -> Iterator[Program]:
    """Objects that are given all they lack, as far as the names say what it is."""
    for name, lacking in missing_attributes(workshop.tree).items():
        if name in classes:
            yield from _filled(workshop, classes[name], lacking, sizes)


def _filled(workshop: Workshop, kind: Class, lacking: list[str], sizes: tuple[int, ...]) -> Iterator[Program]:
    weights = sorted([n for n in lacking if is_weight(n)], key=number_of)
    biases = sorted([n for n in lacking if is_bias(n) and n not in weights], key=number_of)
    if len(weights) != len(sizes) - 1 or len(biases) not in (0, len(weights)):
        return
    if sizes[-1] == 1 and len(sizes) > 2:
        return  # probabilities of one class are 1, whatever the weights are
    net = unused("net", workshop.namespace)
    offer = widths_offer(sizes, N_EXAMPLES, workshop.namespace)
    arguments = next(islice(bindings(kind.constructor, offer, making=True), 1), "")
    for named in in_matrices(weights, biases, sizes):
        single = any(isinstance(n, ast.keyword) and n.arg == "ndmin" for n in ast.walk(workshop.tree))
        for form in sorted(named.forms, key=lambda f: single and not f.one_by_one):  # what takes vectors as examples
            program = start(workshop, (), form, (sizes[0], sizes[-1]), sizes=sizes, values=named.values)
            texts = {n: _text(workshop, program, n) for n in lacking}
            if not workshop.time_left:
                return
            if None in texts.values():
                continue
            lines = (f"{net} = {kind.name}({arguments})", *(f"{net}.{n} = {text}" for n, text in texts.items()))
            program = start(workshop, lines, form, program.widths, sizes=sizes, values=named.values)
            if runs(workshop, replace(program, form=Form())) is None:
                continue
            inside = bool({program.names["X"], program.names["Y"]} & set(texts.values()))
            yield from one_call(workshop, kind, program, net, inside)
            yield from several_calls(workshop, kind, program, net, inside)


def _text(workshop: Workshop, program: Program, name: str) -> str | None:
    """What an attribute of that name is given; None where the name says nothing."""
    if name in program.values or name in workshop.namespace:
        return name
    role = next(iter(roles_of(name, making=False)), None)
    key = {"X": "X", "Y": "Y", "pairs": "X"}.get(role or "")
    if key is not None and not program.form.one_by_one:
        return program.names[key]
    return setting_of(name, program.n)
