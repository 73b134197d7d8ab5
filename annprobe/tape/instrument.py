"""A pass over the module's syntax tree that gives literals a place on the tape, and keeps threads.

``0.01`` becomes a recorded leaf with its line and column; calls such as ``float(x)`` or ``data.dot(w)``, comparisons
and choices between two numbers, which would lose the thread, are made to keep it. Positions of everything else stay
what they were, so that nodes and tracebacks point into the user's own text.
"""

from __future__ import annotations

import ast

from annprobe.tape.branches import Assigned, as_expressions, is_choice, is_number, is_order
from annprobe.tape.methods import RECORDED

LITERAL, CONSTANT, CALLEE, COMPARED, CHOSEN, PLAIN = (
    f"__annprobe_{name}__" for name in ("literal", "constant", "callee", "compared", "chosen", "plain")
)
_LOGIC = (ast.BitAnd, ast.BitOr, ast.BitXor)
_BUILTINS = {"float", "int", "type", "sum", "max", "min"}
_SCALAR_TYPES = frozenset(
    {
        "float16", "float32", "float64", "longdouble", "double", "single", "half", "float_", "int8", "int16", "int32",
        "int64", "int_", "intp", "uint8", "uint16", "uint32", "uint64",
    }
)  # fmt: skip
_CALLEES = _BUILTINS | _SCALAR_TYPES | RECORDED.keys()  # names of what may be called that has to be looked at first


class _Instrument(ast.NodeTransformer):
    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return _call(LITERAL, node) if type(node.value) is float else node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        number = _negative(node)
        if number is not None and type(number.value) is float:
            return _call(LITERAL, number)
        return self.generic_visit(node)

    def visit_List(self, node: ast.List) -> ast.AST:
        if isinstance(node.ctx, ast.Load):
            node.elts = [self._entry(item) for item in node.elts]
        return node

    def visit_Tuple(self, node: ast.Tuple) -> ast.AST:
        if isinstance(node.ctx, ast.Load) and len(node.elts) > 1 and all(_whole(item) for item in node.elts):
            node.elts = [self._entry(item) for item in node.elts]  # a row of a table of data
            return node
        return self.generic_visit(node)

    def _entry(self, item: ast.expr) -> ast.expr:
        """An entry of data: whole numbers are recorded too."""
        number = _whole(item)
        made: ast.expr = _call(LITERAL, number) if number is not None else self.visit(item)
        return made

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        number = _whole(node.value)
        if number is not None and not _counts(node.targets):
            node.value = _call(CONSTANT, number)
            return node
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is not None:
            number = _whole(node.value)
            node.value = self.visit(node.value) if number is None else _call(CONSTANT, number)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "map" and node.args:
            node.args[0] = _looked_at(node.args[0])
        node.func = _looked_at(node.func)
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) == 1 and isinstance(node.ops[0], (ast.Is, ast.IsNot)) and _is_truth(node.comparators[0]):
            node.left = _call(PLAIN, node.left)
        if not is_order(node):
            return node
        return _called(COMPARED, node, [ast.Constant(type(node.ops[0]).__name__), node.left, node.comparators[0]])

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        if not is_number(node.body) or not (is_number(node.orelse) or is_choice(node.orelse, node.test)):
            node.test = self._condition(node.test)
            node.body, node.orelse = self.visit(node.body), self.visit(node.orelse)
            return node
        numbers = [self._kept(n) if isinstance(node, Assigned) else self.visit(n) for n in (node.body, node.orelse)]
        return _called(CHOSEN, node, [self.visit(node.test), *numbers])

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        seen = self._condition if isinstance(node.op, _LOGIC) else self.visit  # what logic gives is not recorded
        node.left, node.right = seen(node.left), seen(node.right)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        node.target = self.visit(node.target)
        node.value = self._condition(node.value) if isinstance(node.op, _LOGIC) else self.visit(node.value)
        return node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        node.values = [self._condition(part) for part in node.values]
        return node

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        node.target, node.iter = self.visit(node.target), self.visit(node.iter)
        node.ifs = [self._condition(test) for test in node.ifs]
        return node

    visit_Assigned = visit_IfExp  # noqa: N815  # as ast names its visitors

    def _kept(self, number: ast.expr) -> ast.expr:
        """A number that is assigned."""
        made: ast.expr = _call(CONSTANT, number) if _whole(number) is not None else self.visit(number)
        return made

    def visit_If(self, node: ast.If) -> ast.AST:
        node.test = self._condition(node.test)
        node.body, node.orelse = ([self.visit(s) for s in block] for block in (node.body, node.orelse))
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        node.test = self._condition(node.test)
        node.body, node.orelse = ([self.visit(s) for s in block] for block in (node.body, node.orelse))
        return node

    def _condition(self, test: ast.expr) -> ast.expr:
        """What only decides where to go on: nobody computes with it."""
        if is_order(test):
            self.generic_visit(test)
            return test
        made: ast.expr = self.visit(test)
        return made

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        node.value = self.visit(node.value)
        if isinstance(node.slice, ast.Tuple):
            node.slice.elts = [self._index(item) for item in node.slice.elts]
        else:
            node.slice = self._index(node.slice)
        return node

    def _index(self, item: ast.expr) -> ast.expr:
        made: ast.expr = item if isinstance(item, (ast.Constant, ast.Slice, ast.List)) else self.visit(item)
        return made

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return node

    def visit_Match(self, node: ast.Match) -> ast.AST:
        for case in node.cases:
            case.body = [self.visit(statement) for statement in case.body]
        return node


def _whole(node: ast.expr) -> ast.Constant | None:
    """The whole number that an expression spells."""
    number = _negative(node) if isinstance(node, ast.UnaryOp) else node
    return number if isinstance(number, ast.Constant) and type(number.value) is int else None


def _negative(node: ast.UnaryOp) -> ast.Constant | None:
    """``-3`` as one number."""
    if isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        value = node.operand.value
        if type(value) is int or type(value) is float:
            return ast.copy_location(ast.Constant(-value), node)
    return None


def _counts(targets: list[ast.expr]) -> bool:
    """Names that look like loop counters or switches by being one letter i..n are left alone."""
    return all(isinstance(t, ast.Name) and t.id in {"i", "j", "k", "l", "m", "n"} for t in targets)


def _looked_at(function: ast.expr) -> ast.expr:
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return _call(CALLEE, function) if name in _CALLEES else function


def _is_truth(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is bool


def _call(name: str, node: ast.expr) -> ast.Call:
    return _called(name, node, [node])


def _called(name: str, place: ast.expr, arguments: list[ast.expr]) -> ast.Call:
    function = ast.copy_location(ast.Name(name, ast.Load()), place)
    return ast.copy_location(ast.Call(func=function, args=arguments, keywords=[]), place)


def instrument(tree: ast.Module) -> ast.Module:
    """The same module with literals and calls that lose threads on the tape; positions unchanged."""
    docstring = tree.body[0] if tree.body and isinstance(tree.body[0], ast.Expr) else None
    result: ast.Module = _Instrument().visit(as_expressions(tree))
    if docstring is not None:
        result.body[0] = docstring
    return ast.fix_missing_locations(result)
