"""The explicit way: a few lines that say how the module is used, and those lines printed, filled in as far as known.

The lines stand in the module itself (``subject = annprobe.Subject(...)``), or as functions in ``annprobe_adapter.py``
beside it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from annprobe.errors import BadArgument, UnusableModule
from annprobe.subject.making.descent import RATE
from annprobe.subject.making.program import Program
from annprobe.subject.reading.source import Source, read_source
from annprobe.subject.surroundings.examples import Form, Labels, Layout

FILE = "annprobe_adapter.py"
_PARTS = ("make", "network", "params", "forward", "loss", "grads", "step", "layout", "targets", "sign", "sizes")
_LAYOUTS: dict[str, Layout] = {"rows": "rows", "columns": "columns", "example": "examples"}
_TARGETS: dict[str, Labels] = {"onehot": "onehot", "float": "onehot", "labels0": "classes", "flat": "flat",
                               "vector": "class vector"}


@dataclass(frozen=True)
class Subject:
    """How a network is used, where annprobe cannot find out by itself. Everything is optional but a way to train.

    make     ``make(sizes, seed)`` gives a network; or ``network``, the network itself
    params   ``params(net)``: its parameters, a list, tuple or dictionary of arrays that may be written to
    forward  ``forward(net, X)``: the output
    loss     ``loss(net, X, Y)``: the cost
    grads    ``grads(net, X, Y)``: the gradient, built like the parameters; or
    step     ``step(net, X, Y, rate)``: one training step; returns the new network where it does not change the old one
    layout   "rows" | "columns" | "example" (one at a time)
    targets  "onehot" | "float" | "labels0" (class numbers from 0) | "vector" (the same, always of shape (N,)) |
             "flat" (one number each)
    sign     "descent" | "ascent": what ``grads`` points to
    sizes    widths of the layers, input first
    expect   "straight-through" | "reversed": the gradient differs from the derivative on purpose
    """

    make: Callable[..., Any] | None = None
    network: Any = None
    params: Callable[[Any], Any] | None = None
    forward: Callable[[Any, Any], Any] | None = None
    loss: Callable[[Any, Any, Any], Any] | None = None
    grads: Callable[[Any, Any, Any], Any] | None = None
    step: Callable[[Any, Any, Any, float], Any] | None = None
    layout: Literal["rows", "columns", "example"] = "rows"
    targets: Literal["onehot", "float", "labels0", "vector", "flat"] = "onehot"
    sign: Literal["descent", "ascent"] = "descent"
    sizes: Sequence[int] = (3, 5, 2)
    expect: Literal["straight-through", "reversed"] | None = None


def explicit_programs(source: Source, sizes: tuple[int, ...] | None) -> Iterator[tuple[Source, Program]]:
    """(file, program) for the explicit lines that there are: in the module, then beside it.

    Raises ``BadArgument`` where those beside it are no Python.
    """
    tree = source.tree()
    for node in tree.body:
        call = node.value if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) else None
        if call is not None and ast.unparse(call.func).split(".")[-1] == "Subject" and isinstance(node, ast.Assign):
            given: dict[str, ast.AST] = {k.arg: k.value for k in call.keywords if k.arg is not None}
            yield source, _program(f"{ast.unparse(node.targets[0])}.", given, sizes)
    beside = source.path.parent / FILE
    if beside.is_file() and beside != source.path:
        try:
            adapter = read_source(beside, may_be_empty=True)  # as `annprobe adapt ... > FILE` finds it
        except UnusableModule as error:
            raise BadArgument(f"the adapter cannot be used: {error}") from None
        tree = adapter.tree()
        if any(_imports(node, source.path.stem) for node in tree.body):
            yield adapter, _program("", _defined(tree), sizes)


def _imports(node: ast.stmt, stem: str) -> bool:
    names = [a.name for a in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
    module = node.module if isinstance(node, ast.ImportFrom) else ""
    return stem in [*names, *(module or "").split(".")]


def _defined(tree: ast.Module) -> dict[str, ast.AST]:
    found: dict[str, ast.AST] = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Tuple)
            and isinstance(node.value, ast.Tuple)
        ):
            found |= {t.id: v for t, v in zip(node.targets[0].elts, node.value.elts, strict=False)
                      if isinstance(t, ast.Name)}  # fmt: skip
    return {name: node for name, node in found.items() if name in _PARTS}


def _constant(node: ast.AST | None, default: Any) -> Any:
    try:
        return ast.literal_eval(node) if isinstance(node, ast.expr) else default
    except ValueError:
        return default


def _program(prefix: str, given: dict[str, ast.AST], asked: tuple[int, ...] | None) -> Program:
    """The statements that use the explicit functions; ``prefix`` is what stands before their names."""
    sizes = asked or tuple(_constant(given.get("sizes"), (3, 5, 2)))
    layout = _LAYOUTS.get(_constant(given.get("layout"), "rows"), "rows")
    form = Form(layout, _TARGETS.get(_constant(given.get("targets"), "onehot"), "onehot"))
    x, y = ("x", "y") if form.one_by_one else ("X", "Y")
    names = {name: name for name in ("X", "Y", "x", "y", "data", "step")} | {"step": "turn"}
    setup = [f"net = {prefix}make({list(sizes)}, 0)" if "make" in given else f"net = {prefix}network"]
    step = [f"output = {prefix}forward(net, {x})"] if "forward" in given else []
    if "loss" in given and not isinstance(given["loss"], ast.Constant):
        step.append(f"cost = {prefix}loss(net, {x}, {y})")
    if "step" in given:
        step += [f"new = {prefix}step(net, {x}, {y}, {RATE})", "net = net if new is None else new"]
    elif "grads" in given:
        sign = "+=" if _constant(given.get("sign"), "descent") == "ascent" else "-="
        step += [
            f"gradient = {prefix}grads(net, {x}, {y})",
            f"parameters = {prefix}params(net)",
            "keys = list(parameters) if isinstance(parameters, dict) else range(len(parameters))",
            f"for key in keys: parameters[key][...] {sign} {RATE} * gradient[key]",
        ]
    return Program(tuple(setup), tuple(step), form, (sizes[0], sizes[-1]), names, sizes)


def adapter_text(source: Source, program: Program | None = None, *, sure: bool = False) -> str:
    """``annprobe_adapter.py``, filled in; every line says whether it was found, guessed, or is missing.

    program  a usage that was made by calling, if there is one; ``sure``: it is known to train
    """
    known = "found" if sure else "guessed"
    stem = source.path.stem
    lines = [
        f"# {FILE}: save it beside {source.path.name}, correct what is wrong or missing, and diagnose again",
        f"import {stem} as m",
        "",
        "def make(sizes, seed):",
    ]
    setup = [_sized(line, program) for line in program.setup] if program is not None else []
    lines += [f"    {_qualified(line, stem, source)}" for line in setup]
    made = setup[-1].split(" = ")[0].strip() if setup and " = " in setup[-1] else ""
    lines.append(
        f"    return {made}  # {known}" if made else "    return m.Net(sizes)  # missing: what makes the network?"
    )
    lines += ["", "def step(net, X, Y, rate):"]
    body = [_renamed(line, program, made) for line in program.step] if program is not None else []
    lines += [f"    {_qualified(line, stem, source)}" for line in body]
    lines.append(
        f"    return net  # {known}" if body else "    net.train(X, Y)  # missing: what makes one training step?"
    )
    layout = {"rows": "rows", "columns": "columns"}.get(program.form.layout, "example") if program else "rows"
    targets = next(k for k, v in _TARGETS.items() if v == (program.form.labels if program else "onehot"))
    sizes = list(program.sizes or program.widths) if program is not None else [3, 5, 2]
    state = known if program is not None else "missing"
    lines += [
        "",
        f'layout = "{layout}"  # {state}: "rows" | "columns" | "example"',
        f'targets = "{targets}"  # {state}: "onehot" | "float" | "labels0" | "vector" | "flat"',
        f"sizes = {sizes}  # {'found' if program is not None else 'guessed'}",
    ]
    return "\n".join(lines) + "\n"


def _sized(line: str, program: Program) -> str:
    return line.replace(str(list(program.sizes)), "sizes") if program.sizes else line


def _qualified(line: str, stem: str, source: Source) -> str:
    """The module's own names, as seen from another file."""
    tree = source.tree()
    own = {n.name for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    own |= {t.id for n in tree.body if isinstance(n, ast.Assign) for t in n.targets if isinstance(t, ast.Name)}

    class Qualify(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            if isinstance(node.ctx, ast.Load) and node.id in own:
                return ast.copy_location(ast.Attribute(ast.Name("m", ast.Load()), node.id, ast.Load()), node)
            return node

    return ast.unparse(ast.fix_missing_locations(Qualify().visit(ast.parse(line)))).replace("\n", "\n    ")


def _renamed(line: str, program: Program | None, made: str) -> str:
    """The program's variables under the names of the adapter's parameters."""
    if program is None:
        return line
    n = program.names
    renames = {n["X"]: "X", n["Y"]: "Y", n["x"]: "X", n["y"]: "Y", made: "net"}

    class Rename(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return ast.copy_location(ast.Name(renames.get(node.id, node.id), node.ctx), node)

        def visit_Constant(self, node: ast.Constant) -> ast.AST:
            return ast.copy_location(ast.Name("rate", ast.Load()), node) if repr(node.value) == RATE else node

    return ast.unparse(ast.fix_missing_locations(Rename().visit(ast.parse(line))))
