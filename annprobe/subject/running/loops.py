"""Guards in the module's loops: they count turns, and end loops when enough was seen or the time is up.

A loop that is not cut behaves as it was written. ``for x in xs`` becomes ``for x in GUARD(xs, loop)``; ``while test``
becomes ``for () in GUARD(loop): if not test: break``, so that leaving a loop by any way closes its iterator.
"""

from __future__ import annotations

import ast
import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from annprobe.patience import patient_time

Cut = Literal["", "enough", "time"]

_Node = TypeVar("_Node", bound=ast.AST)
_FOR, _WHILE, _ENTER, _TURN, _WHOLE, _DONE = (
    f"__annprobe_{name}__" for name in ("for", "while", "enter", "turn", "whole", "done")
)
# an active loop that was seen to end by itself within so many turns, or seconds, may do so once more
_MAY_FINISH = 50
_SOON = 0.5


class TimeUp(BaseException):
    """Raised inside the user's code when its time is over."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A ``for`` or ``while`` in one of the user's files; ``parent`` is the loop around it in the same function."""

    file: str
    line: int
    kind: Literal["for", "while"]
    parent: int | None


class _Entry:
    """One run of a loop: where it stands in the stack of active loops, and how far it may go."""

    __slots__ = ("depth", "limit", "loop", "run", "started", "turn")

    def __init__(self, loop: int, run: int, limit: float) -> None:
        self.loop = loop
        self.run = run  # the how manieth run of this loop it is
        self.limit = limit
        self.turn = 0
        self.depth = -1
        self.started = patient_time()


class LoopGuard:
    """Knows which loops are active, in which turn, and when they have to end.

    seconds      after so much time the outermost loop ends at its next turn; what is inside of it is finished first,
                 for a pass that ends halfway computes something else than the module does (None: never)
    later_turns  how many turns a loop gets that starts after the cut
    grace        seconds that the code after the cut gets; then :class:`TimeUp` is raised in the next turn of any loop
    most_turns   how many turns any loop gets, from the start (None: as many as it wants)
    cuts         where an earlier run of the same code was cut, ``cuts`` of its guard: this one is cut there too
    """

    def __init__(
        self,
        seconds: float | None = None,
        *,
        later_turns: int = 200,
        grace: float = 2.0,
        most_turns: int | None = None,
        cuts: Mapping[tuple[int, int], int] | None = None,
    ) -> None:
        self.seconds = seconds
        self.later_turns = later_turns
        self.grace = grace
        self.most_turns = float("inf") if most_turns is None else most_turns
        self.cuts: dict[tuple[int, int], int] = {}  # (loop, the how manieth run of it) -> turns that it got
        self._known_cuts = cuts or {}
        self.loops: dict[int, Loop] = {}
        self.cut: Cut = ""
        self.planned: dict[int, int] = {}  # loop -> turns that its iterable would give, or that its test allowed
        self._stack: list[_Entry] = []
        self._turns: tuple[tuple[int, int], ...] | None = ()
        self._deadline = float("inf")
        self._ended_at: dict[int, tuple[int, float]] = {}  # loop -> turns, seconds of its last run to its own end
        self._cut_short: set[int] = set()
        self._runs: dict[int, int] = {}  # loop -> how often it was entered

    def start(self) -> None:
        """The clock of ``seconds`` runs from here."""
        if self.seconds is not None and not self.cut:
            self._deadline = patient_time() + self.seconds

    def restart(self, seconds: float) -> None:
        """Forget the last run; the next one has so much time."""
        self.seconds, self.cut = seconds, ""
        self._stack.clear()
        self._runs.clear()
        self._turns = None
        self.start()

    def enough(self) -> None:
        """From now on active loops end at their next turn, and later ones are capped."""
        self._cut_off("enough")

    def turns(self) -> tuple[tuple[int, int], ...]:
        """(loop, turn) of every active loop, outermost first; turns count from 1."""
        if self._turns is None:
            self._turns = tuple([(entry.loop, entry.turn) for entry in self._stack])
        return self._turns

    def was_cut(self, loop: int) -> bool:
        """Whether the last run of this loop was ended by the guard."""
        return loop in self._cut_short

    def instrument(self, tree: ast.Module, file: str) -> ast.Module:
        """Put the guard into every loop of the module; lines and columns stay. Changes and returns ``tree``."""
        _Guarding(self.loops, file).visit(tree)
        return tree

    @property
    def builtins(self) -> dict[str, Callable[..., Any]]:
        """The names that instrumented code calls."""
        return {
            _FOR: self._over,
            _WHILE: self._forever,
            _ENTER: self._enter,
            _TURN: self._turn,
            _WHOLE: lambda loop: loop not in self._cut_short,
            _DONE: self._done,
        }

    # --- called by instrumented code -------------------------------------------------------------------------------

    def _over(self, iterable: Iterable[Any], loop: int) -> Iterator[Any]:
        if isinstance(iterable, Sized):
            with contextlib.suppress(Exception):  # a length that is only asked for here, as of a bar over a generator
                self.planned[loop] = len(iterable)
        return self._run(iter(iterable), self._new(loop))

    def _forever(self, loop: int) -> Iterator[tuple[()]]:
        entry = self._new(loop)
        try:
            while True:
                self._advance(entry)
                yield ()
                if self._must_end(entry):
                    return
        finally:
            self._leave(entry)

    def _run(self, iterator: Iterator[Any], entry: _Entry) -> Iterator[Any]:
        try:
            self._advance(entry, 0)  # before the iterator, whose own loops come after it in the stack
            for item in iterator:
                self._advance(entry)
                yield item
                if self._must_end(entry):
                    return
            self._ended_at[entry.loop] = entry.turn, patient_time() - entry.started
            self.planned.setdefault(entry.loop, entry.turn)
        finally:
            self._leave(entry)

    def _enter(self, loop: int) -> None:
        self._advance(self._new(loop), 0)

    def _done(self, loop: int) -> None:
        """The test of a ``while`` has failed: so many turns are what the module means to make."""
        entry = next((e for e in reversed(self._stack) if e.loop == loop), None)
        if entry is not None and entry.turn > 1:
            self.planned.setdefault(loop, entry.turn - 1)

    def _turn(self, loop: int) -> bool:
        entry = next((e for e in reversed(self._stack) if e.loop == loop), None) or self._new(loop)
        if entry.turn and self._must_end(entry):
            return False
        self._advance(entry)
        return True

    # --- the stack ---------------------------------------------------------------------------------------------------

    def _new(self, loop: int) -> _Entry:
        self._cut_short.discard(loop)
        run = self._runs[loop] = self._runs.get(loop, 0) + 1
        most = min(self.later_turns, self.most_turns) if self.cut else self.most_turns
        return _Entry(loop, run, min(most, self._known_cuts.get((loop, run), most)))

    def _advance(self, entry: _Entry, turns: int = 1) -> None:
        stack = self._stack
        if 0 <= entry.depth < len(stack) and stack[entry.depth] is entry:
            del stack[entry.depth + 1 :]  # loops inside that were left by return, raise or yield
        else:
            entry.depth = len(stack)
            stack.append(entry)
        entry.turn += turns
        self._turns = None

    def _leave(self, entry: _Entry) -> None:
        if 0 <= entry.depth < len(self._stack) and self._stack[entry.depth] is entry:
            del self._stack[entry.depth :]
            self._turns = None

    def _must_end(self, entry: _Entry) -> bool:
        if patient_time() > self._deadline:
            if self.cut:
                raise TimeUp
            self._cut_off("time")
        if entry.turn < entry.limit:
            return False
        self._cut_short.add(entry.loop)
        self.cuts[entry.loop, entry.run] = entry.turn
        return True

    def _cut_off(self, why: Cut) -> None:
        if self.cut:
            return
        self.cut = why
        self._deadline = patient_time() + self.grace
        for entry in self._stack[: 1 if why == "time" else None]:
            usual, seconds = self._ended_at.get(entry.loop, (0, 0.0))
            soon = entry.turn <= usual and (usual <= _MAY_FINISH or seconds <= _SOON)
            entry.limit = min(usual + 1 if soon else entry.turn, self.most_turns)


class _Guarding(ast.NodeTransformer):
    """Rewrites loops; numbers them in the order of their lines."""

    def __init__(self, loops: dict[int, Loop], file: str) -> None:
        self._loops = loops
        self._file = file
        self._parent: int | None = None

    def _function(self, node: ast.AST) -> ast.AST:
        outer, self._parent = self._parent, None
        self.generic_visit(node)
        self._parent = outer
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_Lambda = visit_ClassDef = _function  # noqa: N815  # ast's names

    def _inside(self, node: ast.For | ast.While, kind: Literal["for", "while"]) -> ast.Constant:
        """Number the loop and rewrite what is in it."""
        number = len(self._loops) + 1
        self._loops[number] = Loop(self._file, node.lineno, kind, self._parent)
        outer, self._parent = self._parent, number
        self.generic_visit(node)
        self._parent = outer
        return ast.Constant(number)

    def visit_For(self, node: ast.For) -> ast.AST:
        number = self._inside(node, "for")
        node.iter = _call(_FOR, node.iter, node.iter, number)
        node.orelse = _unless_cut(node.orelse, number)
        return node

    def visit_While(self, node: ast.While) -> ast.AST | list[ast.AST]:
        number = self._inside(node, "while")
        if node.orelse:  # rare: `else` must follow a test that failed, which a `for` cannot tell from a cut
            node.test = _located(ast.BoolOp(ast.And(), [_call(_TURN, node.test, number), node.test]), node.test)
            node.orelse = _unless_cut(node.orelse, number)
            return [_located(ast.Expr(_call(_ENTER, node, number)), node), node]
        done = ast.Expr(_call(_DONE, node.test, number))
        leave = ast.If(ast.UnaryOp(ast.Not(), node.test), [done, ast.Break()], [])
        body = [_located(leave, node.test), *node.body]
        return _located(ast.For(ast.Tuple([], ast.Store()), _call(_WHILE, node.test, number), body, []), node)


def _unless_cut(orelse: list[ast.stmt], number: ast.Constant) -> list[ast.stmt]:
    if not orelse:
        return []
    return [_located(ast.If(_call(_WHOLE, orelse[0], number), orelse, []), orelse[0])]


def _call(name: str, place: ast.AST, *args: ast.expr) -> ast.Call:
    return _located(ast.Call(ast.Name(name, ast.Load()), list(args), []), place)


def _located(node: _Node, place: ast.AST) -> _Node:
    """Give ``node`` and its new children the position of ``place``; children that have one keep it."""
    for child in ast.walk(node):
        if "lineno" in child._attributes and not hasattr(child, "lineno"):
            ast.copy_location(child, place)
    return node
