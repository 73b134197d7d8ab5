"""Code of which only a part was pasted: methods without their class, gradients that are not returned any more."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from annprobe.subject.reading.parameter_names import is_gradient, is_weight, owner_of

CLASS = "Network"  # what methods without a class are put into


def whole(tree: ast.Module) -> tuple[ast.Module, list[str]]:
    """The module with what was cut away put back, line numbers unchanged; and what to tell about it."""
    notes = []
    pasted = [n for n in tree.body if isinstance(n, ast.FunctionDef) and _takes_self(n)]
    if pasted and not any(isinstance(n, ast.ClassDef) for n in tree.body):
        kind = ast.parse(f"class {CLASS}: ...").body[0]
        assert isinstance(kind, ast.ClassDef)
        kind.body = list(pasted)
        tree.body = [n for n in tree.body if n not in pasted]
        tree.body.append(ast.fix_missing_locations(ast.copy_location(kind, pasted[0])))
        notes.append(f"{', '.join(n.name for n in pasted)} take self and are in no class: called on an object of ours")
    for function in [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]:
        names = unreturned(function)
        if names:
            result = ast.Tuple([ast.Name(n, ast.Load()) for n in names], ast.Load())
            value = result if len(names) > 1 else result.elts[0]
            function.body.append(ast.fix_missing_locations(ast.copy_location(ast.Return(value), function.body[-1])))
            notes.append(f"{function.name} computes {', '.join(names)} and hands them to nobody: taken as its result")
    return tree, notes


def _takes_self(function: ast.FunctionDef) -> bool:
    return bool(function.args.args) and function.args.args[0].arg == "self"


def unreturned(function: ast.FunctionDef) -> list[str]:
    """Gradients of weights by their names, computed by a function that returns nothing and never looks at them."""
    body = list(ast.walk(function))
    if any(isinstance(n, (ast.Return, ast.Yield)) for n in body) or not isinstance(function.body[-1], ast.Assign):
        return []
    read = {n.id for n in body if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    made = [n for statement in function.body for n in _assigned(statement)]
    gradients = list(dict.fromkeys(n for n in made if is_gradient(n)))
    return gradients if any(is_weight(owner_of(n)) for n in gradients) and not read & set(gradients) else []


def _set_anew(statement: ast.AST) -> Iterator[str]:
    """Attributes that a statement gives a value which is not made of their old one."""
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        value = statement.value or ast.Constant(None)
        old = {n.attr for n in ast.walk(value) if isinstance(n, ast.Attribute)}
        parts = [n for target in targets for n in ast.walk(target) if isinstance(n, ast.Attribute)]
        yield from (n.attr for n in parts if isinstance(n.ctx, ast.Store) and n.attr not in old)


def _assigned(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Assign):
        yield from (t.id for t in statement.targets if isinstance(t, ast.Name))


def missing_attributes(tree: ast.Module) -> dict[str, list[str]]:
    """For each class: what its methods read of their object and nobody ever sets, in the order of the file."""
    stored = {name for statement in ast.walk(tree) for name in _set_anew(statement)}
    dynamic = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)} & {"setattr", "globals"}
    found = {}
    for kind in [n for n in tree.body if isinstance(n, ast.ClassDef) and not n.bases and not dynamic]:
        own = {n.name for n in kind.body if isinstance(n, ast.FunctionDef)}
        own |= {name for statement in kind.body for name in _assigned(statement)}
        read = [
            n for n in ast.walk(kind)
            if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == "self"
            and not n.attr.startswith("__")
        ]  # fmt: skip
        ordered = sorted(read, key=lambda n: (n.lineno, n.col_offset))
        found[kind.name] = list(dict.fromkeys(n.attr for n in ordered if n.attr not in stored | own))
    return {name: attributes for name, attributes in found.items() if attributes}
