"""Finds a way to make the user's module train: its own usage, or one made by calling it; the tape decides."""

from __future__ import annotations

import ast
import copy
import itertools
import re
import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from annprobe.subject.making.adapter import explicit_programs
from annprobe.subject.making.callables import Class, Function, classes_of, functions_of
from annprobe.subject.making.hints import Hints
from annprobe.subject.making.program import Program
from annprobe.subject.making.trial import takes_data, takes_targets
from annprobe.subject.making.usages.attributes import attribute_programs
from annprobe.subject.making.usages.by_name import named_programs
from annprobe.subject.making.usages.functions import function_programs, with_functions
from annprobe.subject.making.usages.layers import layer_programs
from annprobe.subject.making.usages.objects import Further, class_programs
from annprobe.subject.making.usages.pairs import pair_programs
from annprobe.subject.making.usages.single_layers import single_layer_programs
from annprobe.subject.making.usages.single_values import single_value_programs
from annprobe.subject.making.workshop import Failure, Workshop
from annprobe.subject.own_usage import own_usages
from annprobe.subject.reading.source import Source
from annprobe.subject.reading.words import roles_of
from annprobe.subject.roles.links import GIVEN
from annprobe.subject.running.execute import Run
from annprobe.subject.running.loops import LoopGuard
from annprobe.subject.running.outcome import USAGE, Outcome
from annprobe.subject.surroundings.examples import examples
from annprobe.tape import Recorder
from annprobe.tape.places import Source as TextSource

SIZES: dict[tuple[int, ...], float] = {
    (3, 5, 2): 0.35, (3, 5, 1): 0.2, (4, 4, 4): 0.25, (3, 5, 4, 2): 0.1, (3, 2): 0.1, (3, 1): 0.05, (2, 4, 1): 0.05,
}  # fmt: skip
"""Architectures to ask for, with their share of the time: distinct widths first (an index slip then raises or shows);
equal ones where nothing runs on distinct ones, as an index slip makes it."""
_ATTEMPTS = 2000  # programs to try out, all shares together: what can be called at all is found with far fewer
_ALONE = 0.3  # the share of the time for layers without a network
_HIDDEN = (5, 4, 6, 8)  # widths of hidden layers, for modules that name their layers


def sizes_for(tree: ast.Module) -> dict[tuple[int, ...], float]:
    """:data:`SIZES`, after architectures as deep as the weights that the module names (``W3``, ``params["W3"]``)."""
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    names |= {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    names |= {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    found = [re.fullmatch(r"(?:[wW]|weights?_?)_?([1-9])", name) for name in names]
    depth = max((int(m[1]) for m in found if m is not None), default=2)
    if not 2 < depth <= len(_HIDDEN) + 1:
        return SIZES
    hidden = _HIDDEN[: depth - 1]
    first = {(3, *hidden, 2): 0.35, (3, *hidden, 1): 0.2, (4,) * (depth + 1): 0.1}
    return {**first, **{sizes: share * 0.4 for sizes, share in SIZES.items() if sizes not in first}}


class Usage(Protocol):
    """Something to run that may make the module train."""

    @property
    def kind(self) -> Literal["own", "made"]:
        """Whether it is the module's own."""

    def describe(self) -> str:
        """What is run, in words (or statements) that the user can repeat."""

    def run(
        self,
        recorder: Recorder | None = None,
        *,
        seconds: float = 20.0,
        guard: LoopGuard | None = None,
        seed: int = 0,
        sources: dict[str, TextSource] | None = None,
    ) -> Outcome:
        """Run it in a fresh namespace; the seed is that of the global generators (and of made examples)."""


@dataclass(frozen=True, slots=True)
class MadeUsage:
    """The module's definitions, and a program of ours that calls them."""

    source: Source
    program: Program
    kind: Literal["own", "made"] = "made"

    def describe(self) -> str:
        """The statements and the form of the examples."""
        return self.program.describe()

    def run(
        self,
        recorder: Recorder | None = None,
        *,
        seconds: float = 20.0,
        guard: LoopGuard | None = None,
        seed: int = 0,
        sources: dict[str, TextSource] | None = None,
    ) -> Outcome:
        """As :meth:`Usage.run`; what was computed under which name is in the outcome's namespace."""
        run = Run(self.source, recorder, mode="definitions", guard=guard, seconds=seconds, seed=seed, sources=sources)
        module = types.ModuleType(self.source.path.stem)
        module.__file__ = str(self.source.path)
        made_up: list[str] = []

        def action() -> None:
            run.execute_in(module)
            made_up.extend(name for name in self.program.values if name not in vars(module))
            tag = recorder.tag if recorder is not None else None
            program = self.program
            made = examples(program.form, program.widths, program.n, seed=seed, tag=tag, given=program.data)
            vars(module).update({program.names[key]: value for key, value in made.items()})
            op = GIVEN if program.beside else "start"
            for name, value in copy.deepcopy(dict(program.values)).items():
                vars(module)[name] = recorder.leaf(op, value) if recorder is not None else value
            run.run_text(program.text, module, USAGE)

        outcome = run.guarded(action, module)
        if made_up and not self.program.beside:
            text = f"nothing makes {', '.join(made_up)}: start values of annprobe's own were used"
            outcome.notes = (*outcome.notes, text)
        return outcome


def usages(
    source: Source,
    *,
    seconds: float,
    sizes: tuple[int, ...] | None = None,
    command: str | None = None,
    prefer: Literal["own", "made"] = "own",
    failures: dict[str, Failure] | None = None,
    hints: Hints | None = None,
) -> Iterator[Usage]:
    """All usages, the likeliest first; made ones are found while they are asked for, within ``seconds``.

    An explicit one (:mod:`annprobe.subject.making.adapter`) comes first of all; with hints, made ones come before the
    own.

    failures  is filled with what was called in vain: for each function the call that got furthest before it raised
    """
    own = own_usages(source, command)
    if command is not None:
        yield from own
        return
    explicit = (MadeUsage(file, program) for file, program in explicit_programs(source, sizes))
    made = made_usages(source, seconds=seconds, sizes=sizes, failures=failures, hints=hints)
    own_first = prefer == "own" and (hints is None or hints == Hints())
    yield from itertools.chain(explicit, own, made) if own_first else itertools.chain(explicit, made, own)


def made_usages(
    source: Source,
    *,
    seconds: float,
    sizes: tuple[int, ...] | None = None,
    failures: dict[str, Failure] | None = None,
    hints: Hints | None = None,
    among: frozenset[str] | None = None,
    workshop: Workshop | None = None,
) -> Iterator[MadeUsage]:
    """Usages made by calling the module's classes and functions; ``failures`` as for :func:`usages`.

    among     names of the classes and functions that may be called; None: all
    workshop  of the same source and hints, from an earlier search
    Raises ``BadArgument`` for a hint that names nothing of the module.
    """
    hints = hints or Hints()
    workshop = workshop or Workshop(source, seconds, hints)
    workshop.renew(seconds)
    if failures is not None:
        workshop.failures = failures
    classes, functions = _callable(workshop, hints, among)
    ranked = sorted(classes.values(), key=lambda c: -_likeness(c, set(classes)))
    alone = itertools.chain(
        pair_programs(workshop, functions),
        single_layer_programs(workshop, classes),
        single_value_programs(workshop, classes),
    )
    for asked, share in {sizes: 1.0}.items() if sizes is not None else sizes_for(workshop.tree).items():
        if hints.data is not None:
            asked = (hints.data.widths[0], *asked[1:-1], hints.data.widths[1])
        workshop.slice(share * seconds, share * _ATTEMPTS)
        later: list[Program] = []  # without targets; an autoencoder needs none
        for program in filter(lambda p: hints.allows(p.form), _programs(workshop, ranked, functions, asked)):
            if takes_targets(program, *program.step, *program.setup) or not takes_data(program.text, program):
                yield MadeUsage(source, program)
            else:
                later.append(program)
        yield from (MadeUsage(source, program) for program in later[:6])
        if asked[-1] == 1:  # no network of several outputs, and none of one: layers that stand alone
            workshop.slice(_ALONE * seconds, _ALONE * _ATTEMPTS)
            yield from (MadeUsage(source, program) for program in alone)
    workshop.slice(_ALONE * seconds, _ALONE * _ATTEMPTS)
    yield from (MadeUsage(source, program) for program in alone)


def _callable(
    workshop: Workshop, hints: Hints, among: frozenset[str] | None
) -> tuple[dict[str, Class], dict[str, Function]]:
    """The module's classes and functions that hints, and the names in ``among``, allow."""
    classes = classes_of(workshop.tree, workshop.namespace)
    functions = functions_of(workshop.tree, workshop.namespace)
    hints.check(classes, functions)
    classes, functions = hints.classes(classes), hints.functions(functions)
    if among is None:
        return classes, functions
    return {n: c for n, c in classes.items() if n in among}, {n: f for n, f in functions.items() if n in among}


def _programs(
    workshop: Workshop, ranked: list[Class], functions: dict[str, Function], asked: tuple[int, ...]
) -> Iterator[Program]:
    """Programs of one architecture: of objects that train, of layers, of functions; the likeliest first."""
    classes = {kind.name: kind for kind in sorted(ranked, key=lambda kind: kind.line)}
    programs = [class_programs(workshop, kind, asked, further=_handed_over(functions)) for kind in ranked]
    held, listed = (
        layer_programs(workshop, classes, functions, asked, contained=contained) for contained in (True, False)
    )
    called = itertools.chain(named_programs(workshop, functions, asked), function_programs(workshop, functions, asked))
    whole = any(_trains(method) for kind in ranked for method in kind.methods.values())
    filled = attribute_programs(workshop, classes, asked)
    order = (filled, held, *programs, listed, called) if whole else (filled, held, listed, *programs, called)
    return itertools.chain(*order)


def _trains(method: Function) -> bool:
    """Whether a method is a training by its name, or takes inputs and targets."""
    asked = {role for p in method.parameters for role in roles_of(p.name, making=False)[:1]}
    return method.stage == "train" or ({"X", "Y"} <= asked and method.stage != "cost")


def _handed_over(functions: dict[str, Function]) -> Further:
    """Objects may also be trained by functions that take them."""
    return lambda workshop, kind, program, net, inside: with_functions(workshop, program, functions, net)


def _likeness(kind: Class, classes: set[str]) -> int:
    """How much a class is a network: by its methods, and by whether it is made of other classes of the module."""
    methods = list(kind.methods.values())
    stages = {m.stage for m in methods}
    made_of_others = any(f.calls & classes for f in (kind.constructor, *methods))
    hints = {"train": 3, "backward": 2, "update": 2, "forward": 1}
    return sum(worth for stage, worth in hints.items() if stage in stages) + 4 * made_of_others


def resized(usage: MadeUsage, sizes: tuple[int, ...], *, n_examples: int = 7, seconds: float = 5.0) -> MadeUsage | None:
    """The same usage with another architecture, where the module lets itself be asked for one."""
    old = usage.program.sizes
    if old is None or len(old) != len(sizes):
        return None
    for candidate in made_usages(usage.source, seconds=seconds, sizes=sizes):
        if [_call(line) for line in candidate.program.step] == [_call(line) for line in usage.program.step]:
            return replace(candidate, program=replace(candidate.program, n=n_examples))
    return None


def _call(line: str) -> str:
    return line.partition("(")[0]
