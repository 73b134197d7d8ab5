"""Arguments of a made usage that are mere guesses: a count where nothing says what is to be handed over."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from annprobe.subject.making.program import Program
from annprobe.subject.making.trial import COUNT
from annprobe.subject.reading.words import roles_of

_COUNTS = {"epochs", "batch", "depth", "seed", "flag", "rate", "reg", "momentum", "keep"}


def guessed(program: Program, tree: ast.Module) -> tuple[str, str] | None:
    """(parameter, function) that was given a number for want of anything better; None where there is none.

    A number of steps that was meant does no harm; where class numbers were, the usage is not the module's.
    """
    known = {n.name: n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
    for call in (c for line in program.step for c in ast.walk(ast.parse(line)) if isinstance(c, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in known:
            for parameter, value in _given(known[name], call):
                if isinstance(value, ast.Constant) and repr(value.value) == COUNT and not _is_known(parameter, program):
                    return parameter, name
    return None


def _given(function: ast.FunctionDef, call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """Required parameters with what they are given by position."""
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args)]
    required = names[: len(names) - len(function.args.defaults)]
    if isinstance(call.func, ast.Attribute) and names[:1] in (["self"], ["cls"]):
        required = required[1:]
    return zip(required, call.args, strict=False)


def _is_known(parameter: str, program: Program) -> bool:
    """Whether the name asks for a count or a rate, or for a width that the number is."""
    roles = set(roles_of(parameter, making=False))
    first, *hidden, last = map(str, program.sizes or (*program.widths,))
    widths = {"n_in": [first], "n_hidden": hidden, "n_out": [last]}
    return bool(_COUNTS & roles) or any(COUNT in texts for role, texts in widths.items() if role in roles)
