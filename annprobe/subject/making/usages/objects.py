"""Usages of a class: construct it, hand it examples, find the method (or the few) that moves its parameters."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from annprobe.subject.making.binding import Offer, bindings, widths_offer
from annprobe.subject.making.callables import Class, Function
from annprobe.subject.making.pipeline import Owner, pipelines
from annprobe.subject.making.program import Program, unused
from annprobe.subject.making.start_values import Values, asked_for
from annprobe.subject.making.trial import moves, runs, start, takes_data, using
from annprobe.subject.making.usages.costs import with_cost
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.reading.words import Role, Stage
from annprobe.subject.running.state import Leaf, leaves, matrices
from annprobe.subject.surroundings.examples import N_EXAMPLES, Form, forms

_MOVING: tuple[Stage, ...] = ("train", "update", "backward", "other", "forward", "cost", "make")


Further = Callable[[Workshop, Class, Program, str, bool], Iterator[Program]]


@dataclass(frozen=True)
class Made:
    """One way to construct an object: the statements, the arguments, what it holds, and the widths that fit it.

    sized    whether the architecture was handed over
    values   start values that are handed over, by variable
    layouts  the only layouts of examples that fit them; () when all may
    """

    lines: tuple[str, ...]
    arguments: str
    held: dict[str, Leaf]
    fits: int
    sized: bool
    values: Values = field(default_factory=dict)
    layouts: tuple[str, ...] = ()

    def takes(self, form: Form, data_inside: bool) -> bool:
        """Whether examples may come in this form."""
        return form.layout in (self.layouts or [form.layout]) and not (
            data_inside and form.layout not in ("rows", "columns")
        )

    @property
    def held_matrices(self) -> bool:
        """Whether there are weights before any training."""
        return bool(matrices(self.held))

    def widths(self, asked: tuple[int, ...], data_inside: bool, by_numbers: bool = False) -> list[tuple[int, int]]:
        """(n_in, n_out) to try: as asked for, and as the shapes of what it holds say.

        by_numbers  whether no method takes its inputs for an array: it may be a curve that is learned
        """
        given = (asked[0], asked[-1])
        if (self.sized and self.fits >= 2) or data_inside:
            return [given]
        ends = {str(n) for n in given} & set(_words(self.arguments))
        return [(1, 1), given] if by_numbers and not ends and not self.held_matrices else [*widths_of(self.held), given]


def widths_of(held: dict[str, Leaf]) -> list[tuple[int, int]]:
    """(n_in, n_out) of a network whose matrices these are, the likeliest first; [] without matrices."""
    found = [shape for _, shape in matrices(held)]
    full = [shape for shape in found if min(shape) > 1]
    shapes = full if len(full) > 1 or len(held) > 4 else found  # with one layer a row may be all its weights
    if not shapes:
        return []
    first, last = shapes[0], shapes[-1]
    rows, columns = (first[0], last[1]), (first[1], last[0])
    chained = len(shapes) == 1 or first[1] in (last[0], last[0] - 1)
    guesses = [rows, columns] if chained else [columns, rows]
    with_bias = [(n_in - 1, n_out) for n_in, n_out in guesses if n_in > 1]
    return list(dict.fromkeys([*guesses, *with_bias]))


def constructions(workshop: Workshop, kind: Class, sizes: tuple[int, ...]) -> list[Made]:
    """Argument lists that work, those first that give arrays of the widths asked for."""
    program = start(workshop, (), Form(), (sizes[0], sizes[-1]))
    offer = widths_offer(sizes, N_EXAMPLES, workshop.namespace)
    data: dict[Role, tuple[str, ...]] = {"X": (program.names["X"],), "Y": (program.names["Y"],)}
    offer = Offer(offer.by_name, {**offer.by_role, **data}, offer.plenty)
    net = unused("net", workshop.namespace)
    made = list(_handed_over(workshop, kind, sizes, offer, net))
    for arguments in bindings(kind.constructor, offer, making=True):
        if not workshop.time_left:
            break
        lines: tuple[str, ...] = (f"{net} = {kind.name}({arguments})",)
        variables = runs(workshop, program, *lines)
        if variables is not None:
            held = leaves(variables.get(net))
            sized = _mentions_widths(arguments, sizes)
            if sized and not matrices(held):
                lines, held = _initialised(workshop, kind, program, lines, offer, net) or (lines, held)
            something = int(_holds_numbers(held, arguments))
            worth = max(something, fits(held, sizes)) if sized else something
            made.append(Made(lines, arguments, held, worth, sized))
            if made[-1].fits == 3:
                break
    # what is only made when training begins needs both ends of the architecture from the start
    last = str(sizes[-1])
    likeliest = made[:1]
    made.sort(key=lambda m: (-m.fits, not (m.sized and last in _words(m.arguments))))
    without: dict[str, Made] = {}  # optional arguments make no difference where no weights are made yet
    for one in (*made[:1], *likeliest, *made):
        without.setdefault(one.arguments if one.held_matrices else _required(one.arguments), one)
    return list(without.values())[:4]


def _handed_over(
    workshop: Workshop, kind: Class, sizes: tuple[int, ...], offer: Offer, net: str
) -> Iterator[Made]:
    """Objects that are handed their weights and biases: ``Network(w1, b1, w2, b2, rate)``."""
    for values, layouts in asked_for([p.name for p in kind.constructor.required], sizes):
        named = Offer({**offer.by_name, **{name: name for name in values}}, offer.by_role, offer.plenty)
        program = start(workshop, (), Form(), (sizes[0], sizes[-1]), values=values)
        for arguments in itertools.islice(bindings(kind.constructor, named, making=True), 3):
            line = f"{net} = {kind.name}({arguments})"
            variables = runs(workshop, program, line)
            if variables is not None:
                yield Made((line,), arguments, leaves(variables.get(net)), 3, True, values, layouts)
                break


def _initialised(
    workshop: Workshop, kind: Class, program: Program, lines: tuple[str, ...], offer: Offer, net: str
) -> tuple[tuple[str, ...], dict[str, Leaf]] | None:
    """The object after the method that makes its weights, where neither the constructor nor a training does."""
    called = {name for m in kind.methods.values() for name in m.calls}
    for method in [m for m in kind.methods.values() if m.stage == "make" and m.name not in called]:
        for arguments in itertools.islice(bindings(method, offer, making=True), 3):
            more = (*lines, f"{net}.{method.name}({arguments})")
            variables = runs(workshop, program, *more)
            held = leaves(variables.get(net)) if variables is not None else {}
            if matrices(held):
                return more, held
    return None


def _holds_numbers(held: dict[str, Leaf], arguments: str) -> bool:
    """Whether there is an array, or several numbers that were not handed over: weights perhaps, no settings."""
    handed = {np.float64(word).tobytes() for word in re.findall(r"\d*\.?\d+", arguments)}
    return any(leaf.shape for leaf in held.values()) or sum(leaf.data not in handed for leaf in held.values()) > 1


def _required(arguments: str) -> str:
    """The arguments that are handed over by position."""
    return re.split(r"(?:^|, )(?=\w+=)", arguments)[0]


def _mentions_widths(arguments: str, sizes: tuple[int, ...]) -> bool:
    given = _words(arguments)
    return str(sizes[0]) in given or (len(sizes) > 2 and str(sizes[1]) in given)


def _words(arguments: str) -> list[str]:
    return re.findall(r"[\w.=]+", arguments)


def fits(held: dict[str, Leaf], sizes: tuple[int, ...]) -> int:
    """3: every weight matrix asked for is there; 2: some of them, or enough single numbers; 1: others; 0: none."""
    shapes = [shape for _, shape in matrices(held)]
    layers = list(itertools.pairwise(sizes))
    if not shapes:  # single numbers, or all of them in one vector
        most = max([len(held), *(leaf.shape[0] for leaf in held.values() if len(leaf.shape) == 1)])
        return 2 if most >= sum(a * b for a, b in layers) else 0
    found = [_taken(shapes, layer) for layer in layers]
    return 3 if all(found) else 2 if any(found) else 1


def _taken(left: list[tuple[int, ...]], layer: tuple[int, int]) -> bool:
    """Whether a matrix of the layer's shape (turned, or with a row or column for biases) is left; it is used up."""
    wanted = [(layer[0] + i, layer[1] + j) for i in (0, 1) for j in (0, 1)]  # the plain shape first
    shape = next((s for w in wanted for s in (w, w[::-1]) if s in left), None)
    if shape is not None:
        left.remove(shape)
    return shape is not None


def class_programs(
    workshop: Workshop, kind: Class, sizes: tuple[int, ...], *, further: Further | None = None
) -> Iterator[Program]:
    """Usages of the class that, on plain numpy, move numbers which it held before (or makes when it is trained).

    further  more ways to use an object, tried after its own methods
    """
    net = unused("net", workshop.namespace)
    by_numbers = not any(p.array for m in kind.methods.values() for p in m.parameters)
    for made in constructions(workshop, kind, sizes):
        inside = takes_data(made.arguments, start(workshop, (), Form(), (1, 1)))
        pairs = [(w, f) for w in made.widths(sizes, inside, by_numbers) for f in forms(w[1])]
        ways: tuple[Further, ...] = (one_call, *((further,) if further else ()), several_calls)
        batches = [pair for pair in pairs if pair[1].layout in ("rows", "columns") and not pair[1].lists]
        likely = [] if any(m.stage == "train" for m in kind.methods.values()) else batches
        rest = [pair for pair in pairs if pair not in likely]
        for calls, (widths, form) in (*itertools.product(ways, likely), *itertools.product(ways, rest)):
            if not workshop.time_left:
                return
            if made.takes(form, inside):
                asked = sizes if made.sized else None
                program = start(workshop, made.lines, form, widths, sizes=asked, values=made.values)
                yield from calls(workshop, kind, program, net, inside)


def one_call(workshop: Workshop, kind: Class, program: Program, net: str, inside: bool) -> Iterator[Program]:
    """``net.train(X, Y)``: one method that moves the parameters."""
    for method in _ranked(kind, _MOVING):
        for arguments in bindings(method, using(program), making=False):
            idle = not method.required and program.form == Form() and method.stage != "make"
            if not (takes_data(arguments, program) or inside or idle):
                continue
            step = f"{net}.{method.name}({arguments})"
            if moves(workshop, program, (net,), step):
                # a training runs once, a step several times
                once = method.stage == "train" and not program.form.one_by_one
                owner = _owner(kind, net)
                whole = with_cost(workshop, program, owner, using(program), (step,))
                for repeat in (1, program.repeat) if once else (program.repeat,):
                    yield replace(whole, repeat=repeat)
                break


def several_calls(workshop: Workshop, kind: Class, program: Program, net: str, inside: bool) -> Iterator[Program]:
    """``out = net.forward(X)``, then what moves the parameters with it."""
    owner = _owner(kind, net)
    yield from pipelines(workshop, program, owner, using(program), inside=inside)


def _owner(kind: Class, net: str) -> Owner:
    """The methods that may take part in a step: a cost of outputs and targets needs nothing of the object."""
    return Owner([m for m in kind.methods.values() if m.stateful or m.stage == "cost"], f"{net}.", (net,))


def _ranked(kind: Class, order: tuple[Stage, ...]) -> list[Function]:
    """Methods to try, by what their names suggest; those that call others of the class first."""
    methods = [m for m in kind.methods.values() if m.stage in order and m.stateful]
    depth = {m.name: len(m.calls & set(kind.methods)) for m in methods}
    return sorted(methods, key=lambda m: (order.index(m.stage), m.name.startswith("__"), -depth[m.name], m.line))
