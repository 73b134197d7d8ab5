"""Loops: an uncut module computes what it would have computed; a cut one goes on after its training."""

from __future__ import annotations

import ast
import builtins
import random
from collections.abc import Callable
from typing import Any

import pytest

from annprobe.subject.running.loops import LoopGuard, TimeUp


def _run(text: str, guard: LoopGuard, **names: Any) -> dict[str, Any]:
    scope: dict[str, Any] = {"__builtins__": {**vars(builtins), **guard.builtins}, **names}
    tree = guard.instrument(ast.parse(text), "net.py")
    guard.start()
    exec(compile(tree, "net.py", "exec"), scope)
    return scope


SEMANTICS = """
log = []
for i in range(5):
    if i == 1:
        continue
    if i == 4:
        break
    log.append(i)
else:
    log.append('for-else')
for a, (b, *c) in [(1, (2, 3, 4))]:
    log.append((a, b, c))
else:
    log.append('else 2')
n = 0
while n < 3:
    n += 1
    if n == 2:
        continue
    log.append(n)
while True:
    n += 1
    if n > 6:
        break
else:
    log.append('never')
while n < 9:
    n += 1
else:
    log.append('while-else')
def search(rows):
    for row in rows:
        for item in row:
            while item > 1:
                if item == 7:
                    return row
                item -= 5
    return None
log.append(search([[1, 2], [3, 17]]))
def numbers():
    k = 0
    while k < 4:
        got = yield k
        k += 1
log += [x for x in numbers()]
class Table:
    for name in 'ab':
        locals()[name] = name
log.append(Table.a)
try:
    for x in 3:
        pass
except TypeError as error:
    log.append(str(error))
items = [1, 2, 3]
for x in items:
    if x < 3:
        items.append(x + 5)
log.append(items)
while (m := n) > 7:
    n -= 1
log.append(m)
"""


def test_an_uncut_module_behaves_as_written() -> None:
    plain: dict[str, Any] = {}
    exec(SEMANTICS, plain)
    guarded = _run(SEMANTICS, LoopGuard(seconds=60))
    assert guarded["log"] == plain["log"]
    assert {k for k in guarded if not k.startswith("__")} == {k for k in plain if not k.startswith("__")}


@pytest.mark.parametrize("seed", range(20))
def test_generated_nests_of_loops_behave_as_written(seed: int) -> None:
    text = _nest(random.Random(seed))
    plain: dict[str, Any] = {}
    exec(text, plain)
    assert _run(text, LoopGuard())["log"] == plain["log"]


def _nest(rng: random.Random) -> str:
    lines = ["log = []"]
    for depth in range(rng.randint(1, 4)):
        pad, v = "    " * depth, "abcd"[depth]
        if rng.random() < 0.5:
            lines += [f"{pad}for {v} in range({rng.randint(0, 4)}):"]
        else:
            lines += [f"{pad}{v} = 0", f"{pad}while {v} < {rng.randint(0, 4)}:", f"{pad}    {v} += 1"]
        lines += [f"{pad}    if {v} == {rng.randint(0, 3)}: {rng.choice(['break', 'continue', 'pass'])}"]
        lines += [f"{pad}    log.append(('{v}', {v}))"]
    return "\n".join(lines) + "\n"


def test_lines_and_columns_stay() -> None:
    text = "for i in range(3):\n    while  i >= 0:\n        i = i + missing\n"
    with pytest.raises(NameError) as error:
        _run(text, LoopGuard())
    assert error.traceback[-1].lineno == 2
    before = {(n.id, n.lineno, n.col_offset) for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}
    after = ast.walk(LoopGuard().instrument(ast.parse(text), "net.py"))
    assert before <= {(n.id, n.lineno, n.col_offset) for n in after if isinstance(n, ast.Name)}


def test_turns_are_those_of_the_active_loops() -> None:
    guard = LoopGuard()
    text = """
seen = []
def step():
    for layer in (0, 1):
        seen.append(turns())
for epoch in range(2):
    k = 0
    while True:
        k += 1
        if k == 2:
            step()
            break
seen.append(turns())
"""
    seen = _run(text, guard, turns=guard.turns)["seen"]
    lines = {number: loop.line for number, loop in guard.loops.items()}
    assert [[(lines[loop], turn) for loop, turn in turns] for turns in seen] == [
        [(6, 1), (8, 2), (4, 1)],
        [(6, 1), (8, 2), (4, 2)],
        [(6, 2), (8, 2), (4, 1)],
        [(6, 2), (8, 2), (4, 2)],
        [],
    ]


def test_turns_survive_loops_left_by_exceptions_and_generators() -> None:
    guard = LoopGuard()
    text = """
seen = []
def batches():
    for k in range(2):
        yield k
def fail():
    for k in range(5):
        if k == 3:
            raise ValueError
for batch in batches():
    try:
        fail()
    except ValueError as error:
        kept = error
    seen.append(turns())
seen.append(turns())
"""
    outer = 3
    assert _run(text, guard, turns=guard.turns)["seen"] == [((outer, 1),), ((outer, 2),), ()]


def test_parents_are_loops_of_the_same_function() -> None:
    guard = LoopGuard()
    guard.instrument(
        ast.parse("for a in x:\n    for b in y:\n        pass\n    def f():\n        for c in z: pass\n"), "n"
    )
    assert [loop.parent for loop in guard.loops.values()] == [None, 1, None]


def _counting(guard: LoopGuard, after: int) -> Callable[[], None]:
    calls = 0

    def call() -> None:
        nonlocal calls
        calls += 1
        if calls == after:
            guard.enough()

    return call


def test_enough_ends_active_loops_and_the_code_after_them_runs() -> None:
    guard = LoopGuard(later_turns=7)
    text = """
updates = epochs = 0
for epoch in range(100000):
    epochs += 1
    for layer in range(3):
        updates += 1
        update()
else:
    converged = True
tested = [k for k in range(20)]
later = 0
while True:
    later += 1
for k in range(5):
    later += 1
done = True
"""
    scope = _run(text, guard, update=_counting(guard, 8))
    assert guard.cut == "enough"
    assert (scope["epochs"], scope["updates"]) == (3, 9), "the loop over layers, which ended before, may finish"
    assert (scope["later"], len(scope["tested"]), scope["done"]) == (12, 20, True)
    assert "converged" not in scope
    assert guard.was_cut(1)
    assert not guard.was_cut(2)


def test_nothing_is_cut_without_enough() -> None:
    scope = _run("n = 0\nwhile n < 30000:\n    n += 1\nelse:\n    whole = True\n", LoopGuard(later_turns=1))
    assert (scope["n"], scope["whole"]) == (30000, True)


@pytest.mark.parametrize("loop", ["while True:", "for i in iter(int, 1):", "while 1:"])
def test_time_ends_endless_loops(loop: str) -> None:
    guard = LoopGuard(seconds=0.02)
    assert (
        _run(f"{loop}\n    try:\n        pass\n    except BaseException:\n        pass\ndone = 1\n", guard)["done"] == 1
    )
    assert guard.cut == "time"


def test_a_while_with_else_is_cut_too() -> None:
    guard = LoopGuard(later_turns=4)
    scope = _run("n = 0\nwhile True:\n    n += 1\n    update()\nelse:\n    n = -1\n", guard, update=_counting(guard, 3))
    assert scope["n"] == 3


def test_after_the_grace_the_run_ends_in_any_loop() -> None:
    guard = LoopGuard(grace=0.0)
    text = "for i in range(9): update()\nfor i in range(150):\n    for k in range(150): pass\n"
    with pytest.raises(TimeUp):
        _run(text, guard, update=_counting(guard, 1))


def test_when_time_is_up_the_pass_under_way_is_finished() -> None:
    guard = LoopGuard(seconds=0.0)
    text = "n = 0\nfor i in range(9):\n    for k in range(1000): n += 1\n    n += 10\n"
    assert _run(text, guard)["n"] == 1010
    assert guard.cut == "time"


def test_a_long_inner_loop_that_is_soon_over_is_finished_when_enough_was_seen() -> None:
    guard = LoopGuard()
    text = "n = 0\nfor i in range(9):\n    for k in range(1000):\n        n += 1\n        update()\n"
    assert _run(text, guard, update=_counting(guard, 1500))["n"] == 2000


class Bar:
    """A progress bar that has a length where what it goes over has one."""

    def __init__(self, iterable: Any) -> None:
        self._iterable = iterable

    def __iter__(self) -> Any:
        return iter(self._iterable)

    def __len__(self) -> int:
        return len(self._iterable)


def test_a_length_that_only_the_guard_asks_for_may_be_missing() -> None:
    scope = _run("for i, x in bar(enumerate('ab')):\n    last = i, x\n", LoopGuard(10.0), bar=Bar)
    assert scope["last"] == (1, "b")
