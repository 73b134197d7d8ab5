"""About ten lines that build the network, set its numbers, do one step and print both gradients."""

from __future__ import annotations

import ast
import builtins
import contextlib
import copy
import inspect
import io
import re
import types
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from annprobe.counterexample.formula import STEP, Formula
from annprobe.counterexample.recorded import Recorded
from annprobe.counterexample.search import Smallest
from annprobe.subject.making.program import Program
from annprobe.subject.reading.source import Source
from annprobe.subject.reading.unbound import unbound_names
from annprobe.subject.reading.words import roles_of
from annprobe.subject.running.execute import Run
from annprobe.subject.running.state import Leaf, leaves
from annprobe.subject.surroundings.examples import examples

_CLOSE = 1e-6
_SECONDS = 3.0


def script(case: Smallest, found: Formula) -> str | None:
    """The lines, once they were run and gave the user's value; None where there are none that do."""
    recorded = case.recorded
    program = replace(recorded.usage.program, repeat=1)
    places = _places(recorded)
    if places is None or unbound_names(recorded.usage.source.tree()):
        return None  # what nobody defines annprobe supplied: an import of the module does not
    setting = _setting(program, places, case.weights)
    entry = places[case.parameter] + (f"[{', '.join(map(str, case.index))}]" if case.index else "")
    for step in _single_steps(recorded, program):
        body = [
            *program.setup,
            *setting,
            *_examples(program, case),
            f"before = float({entry})",
            *step,
            f"yours = (float({entry}) - before) / {recorded.rate:.10g}",
            f"C = lambda w: {found.text}",
            f"true = (C({found.value:.9g} + {STEP:g}) - C({found.value:.9g} - {STEP:g})) / {2 * STEP:g}",
            'print(f"yours {yours:.6g}, true {true:.6g}")',
        ]
        if _gives(recorded, body, case):
            return "\n".join(["import numpy as np", _access(recorded.usage.source, body), *body])
    return None


def _single_steps(recorded: Recorded, program: Program) -> Iterator[list[str]]:
    """The step as it was called; then, for a call that trains for several epochs, ways to ask it for one."""
    once = replace(program, setup=(), repeat=1)
    yield once.text.rstrip("\n").split("\n")
    call = program.step[-1]
    for text in (re.sub(r"\b3\)$", "1)", call), *(f"{call[:-1]}, {name}=1)" for name in _epoch_names(recorded, call))):
        if text != call:
            other = replace(once, step=(*program.step[:-1], text))
            yield other.text.rstrip("\n").split("\n")
    for holder in _epoch_attributes(recorded):
        yield [f"{holder} = 1", *once.text.rstrip("\n").split("\n")]


def _epoch_names(recorded: Recorded, call: str) -> list[str]:
    """Parameters of the called function that say how long to train."""
    space = _made(recorded, "\n".join(recorded.usage.program.setup)) or {}
    try:
        called = eval(call.split(" = ")[-1].partition("(")[0], space)  # a name that we wrote
        names = list(inspect.signature(called).parameters)
    except (NameError, AttributeError, SyntaxError, TypeError, ValueError):
        return []
    return [name for name in names if "epochs" in roles_of(name, making=False)]


def _epoch_attributes(recorded: Recorded) -> list[str]:
    """Attributes of the network that do."""
    space = _made(recorded, "\n".join(recorded.usage.program.setup)) or {}
    own = {name for line in recorded.usage.program.setup for name in _stored(line)} & set(space)
    return [
        f"{name}.{key}"
        for name in sorted(own)
        for key, value in getattr(space[name], "__dict__", {}).items()
        if isinstance(value, int) and "epochs" in roles_of(key, making=True)
    ]


def _setting(program: Program, places: list[str], weights: list[Any]) -> list[str]:
    """The weights where the module holds them; start values that no function of the module makes, whole."""
    lines, made = [], {"np": np, **copy.deepcopy(dict(program.values))}
    for place, value in zip(places, weights, strict=True):
        line = _assignment(place, value)
        if re.split(r"\W", place, maxsplit=1)[0] in program.values:
            exec(line, made)
        else:
            lines.append(line)
    return [*(f"{name} = {_shown(made[name])}" for name in program.values), *lines]


def _assignment(place: str, value: Any) -> str:
    array = np.asarray(value)
    return f"{place}[...] = {_literal(array)}" if array.ndim else f"{place} = {_literal(array)}"


def _literal(array: Any) -> str:
    return str(np.asarray(array, float).tolist())


def _examples(program: Program, case: Smallest) -> list[str]:
    """``X = ...; Y = ...`` in the form in which the module takes them."""
    assert program.data is not None
    made = examples(program.form, program.widths, program.n, given=(case.inputs, program.data[1]))
    return [f"{program.names[key]} = {_shown(value)}" for key, value in made.items()]


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        kind = ", dtype=int" if value.dtype.kind in "iu" and not value.size else ""
        return f"np.array({value.tolist()}{kind})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_shown(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        inner = ", ".join(map(_shown, value))
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    return repr(value.item() if isinstance(value, np.generic) else value)


def _places(recorded: Recorded) -> list[str] | None:
    """Where the user's variables hold each parameter after the setup: ``net.weights[0]``."""
    setup, values = recorded.usage.program.setup, recorded.usage.program.values
    for space in (recorded.outcome.namespace, {**values, **(_made(recorded, "\n".join(setup)) or {})}):
        own = ({name for line in setup for name in _stored(line)} | set(values)) & set(space)
        places = _matched(recorded, leaves({name: space[name] for name in sorted(own)}))
        if places is not None:
            return places
    return None


def _matched(recorded: Recorded, held: dict[str, Leaf]) -> list[str] | None:
    """For each parameter, the place that holds one of the values it had in the recorded run, the last ones first."""
    tape = recorded.found.tape
    places: list[str] = []
    for judged in recorded.judged:
        versions = recorded.found.chains[judged.move.chain].versions
        for version in reversed(versions):
            value = np.asarray(tape.value(version), float)
            same = [p for p, leaf in held.items() if leaf.shape == value.shape and leaf.data == value.tobytes()]
            free = [path for path in same if path not in places]
            if free:
                places.append(free[0])
                break
        else:
            return None
    return [_as_variable(path) for path in places]


def _as_variable(path: str) -> str:
    """``['net'].weights[0]`` -> ``net.weights[0]``."""
    name, _, rest = path[2:].partition("']")
    return name + rest


def _stored(line: str) -> set[str]:
    return {n.id for n in ast.walk(ast.parse(line)) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _made(recorded: Recorded, text: str) -> dict[str, Any] | None:
    """The module's namespace after its definitions and the text, on plain numpy; None where that raises."""
    source = recorded.usage.source
    run = Run(source, None, mode="definitions", seconds=_SECONDS, seed=0)
    module = types.ModuleType(source.path.stem)
    module.__file__ = str(source.path)

    def action() -> None:
        run.execute_in(module)
        vars(module).setdefault("np", np)
        run.run_text(text, module)

    with contextlib.redirect_stdout(io.StringIO()):
        outcome = run.guarded(action, module)
    return vars(module) if outcome.ended == "completed" else None


def _gives(recorded: Recorded, body: list[str], case: Smallest) -> bool:
    """Whether the lines give the values that were measured on the tape."""
    space = _made(recorded, "\n".join(body[:-1]))
    if space is None:
        return False
    size = max(abs(case.user), abs(case.true))
    values = (space.get("yours"), case.user), (space.get("true"), case.true)
    return all(isinstance(v, float) and abs(v - wanted) <= 10 * _CLOSE * size for v, wanted in values)


def _access(source: Source, body: list[str]) -> str:
    """How the lines come by the module's names; a notebook cannot be imported."""
    if source.kind == "notebook":
        return "# in a cell below those that define the network"
    return f"from {source.path.stem} import {', '.join(_imported(body))}"


def _imported(body: list[str]) -> list[str]:
    """The module's own names that the lines mention."""
    text = "\n".join(body)
    used = {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    assigned = _stored(text) | {n.arg for n in ast.walk(ast.parse(text)) if isinstance(n, ast.arg)}
    return sorted(used - assigned - {"np"} - set(dir(builtins))) or ["*"]
