"""Random programs: the tape changes nothing, holds everything, and replays with other leaves as they would run."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from annprobe.tape.replay import replay
from tests.tape.twice import run_plain, run_recorded, same, seen, wrong_in_replay, wrong_on_tape

ARRAYS, NUMBERS = ("a", "b", "c"), ("s", "t")
START = """
a = np.array({a!r})
b = np.array({b!r})
c = np.array({c!r})
s = {s!r}
t = {t!r}
"""
_values = st.floats(-2, 2, allow_nan=False).map(lambda x: round(x, 3))
_table = st.lists(st.lists(_values, min_size=3, max_size=3), min_size=3, max_size=3)
_starts = st.fixed_dictionaries({**dict.fromkeys(ARRAYS, _table), **dict.fromkeys(NUMBERS, _values)})

# every statement works on 3 x 3 arrays and numbers and leaves such; {p}, {q}: arrays, {n}: a number, {i}, {j}: 0..2
STATEMENTS = (
    "{p} = {p} + {q}", "{p} = {p} * {n}", "{p} = {p} @ {q} * 0.3", "{p} = np.dot({p}.T, {q}) * 0.3",
    "{p} = np.tanh({q})",
    "{p} = 1 / (1 + np.exp(-{q}))", "{p} = np.maximum({p}, {q})", "{p} = np.where({p} > 0, {p}, 0.1 * {q})",
    "{p} = {q} - {q}.mean(axis=0)", "{p} = {p} - np.max({p}, axis=1, keepdims=True)", "{p} = {q}.T", "{p} = {q}[::-1]",
    "{p} = {q}.copy()", "{p} = {q}", "{p} += {q}", "{p} -= {n} * {q}", "{p} *= 0.5", "{p}[{i}] = {q}[{j}]",
    "{p}[{i}, {j}] = {n}", "{p}[:, {i}] += {n}", "{p}[{i}:] *= {n}", "{p}.T[{i}] = {q}[{j}]", "{p}[{p} < 0] = 0",
    "{p}[[0, {i}]] = {q}[[{j}, 1]]", "{p}.flat[{i}] = {n}", "{p}.reshape(-1)[{i}:{j} + 3] = {n}",
    "np.add.at({p}, [{i}, {j}], {q}[0])", "np.multiply({p}, {q}, out={p})", "{p} = np.clip({q}, -1, 1)",
    "{p} = np.concatenate([{p}[:{i}], {q}[{i}:]])", "{p} = np.array([{p}[0], {q}[1], {p}[{i}] * {n}])",
    "{p} = np.vstack([{q}[{i}], {p}[:2]])", "{p} = np.outer({p}[{i}], {q}[{j}])",
    "{p} = np.roll({q}, 1, axis={i} % 2)",
    "{p} = np.cumsum({q}, axis=0) * 0.5", "{p} = np.einsum('ij,jk->ik', {p}, {q}) * 0.3", "{p} = np.round({q}, 2)",
    "view = {p}[{i}]\nview *= {n}\nview[0] = {p}[{j}, 1]", "{p} = {p} / (np.linalg.norm({p}) + 1.0)",
    "for row in {p}:\n    row += {q}[{i}]", "rows = [row * 0.5 for row in {q}]\n{p} = np.array(rows)",
    "{n} = {n} * 0.5 + float({p}[{i}, {j}])", "{n} = {p}.sum() * 0.1", "{n} = max({n}, {p}[{i}, {j}])",
    "{n} = math.tanh({n})", "{n} = sum({p}[{i}]) * 0.2", "{n} = abs({n} - 1)", "{n} = {p}.item({i}) * {p}[{j}][{i}]",
    "print({p}, {n})", "{n} = {p}.tolist()[{i}][{j}]", "{p} = np.sort({q}, axis=1)",
    "{p} = np.diag(np.diag({q})) + {p}",
    "{p} = np.apply_along_axis(lambda u: u * u[0], 1, {q})", "{p} = np.pad({q}[:2, :2], 1)[:3, :3]",
)  # fmt: skip

_statements = st.builds(
    lambda text, p, q, n, i, j: text.format(p=p, q=q, n=n, i=i, j=j),
    st.sampled_from(STATEMENTS),
    st.sampled_from(ARRAYS),
    st.sampled_from(ARRAYS),
    st.sampled_from(NUMBERS),
    st.integers(0, 2),
    st.integers(0, 2),
)
_programs = st.lists(_statements, min_size=1, max_size=12).map("\n".join)


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(_programs, _starts)
def test_a_recorded_program_does_what_the_plain_one_does(program: str, start: dict[str, Any]) -> None:
    text = START.format(**start) + program
    plain, recorded = run_plain(text), run_recorded(text)
    assert recorded.ran.error == plain.error
    assert recorded.ran.printed == plain.printed
    assert seen(recorded.ran.variables) == seen(plain.variables)
    assert wrong_on_tape(recorded) == []
    assert wrong_in_replay(recorded.tape) == []


# what depends on values (which node is the larger, which value was lost), and rows written over themselves: numpy
# copies a row that overlaps its goal entry by entry
_DECIDING = ("max(", "tolist", ".T[")


@settings(max_examples=80, deadline=None, derandomize=True, database=None)
@given(_programs.filter(lambda text: not any(word in text for word in _DECIDING)), _starts, _starts)
def test_a_replay_with_other_leaves_is_the_program_run_on_them(
    program: str, start: dict[str, Any], other: dict[str, Any]
) -> None:
    recorded = run_recorded(START.format(**start) + program)
    plain = run_plain(START.format(**other) + program)
    if recorded.ran.error or plain.error:
        return
    tape, recorder = recorded.tape, recorded.recorder
    leaves = {node.tag: number for number, node in enumerate(_tagged(tape)) if node.tag}
    changed: dict[int, Any] = {leaves[name]: np.array(other[name]) for name in ARRAYS}
    changed |= {leaves[name]: other[name] for name in NUMBERS}
    wanted = {name: recorder.refs(recorded.ran.variables[name], []).node for name in (*ARRAYS, *NUMBERS)}
    point = replay(tape, changed, wanted.values())
    for name, number in wanted.items():
        assert same(np.asarray(point.value(number)), np.asarray(plain.variables[name])), name


def _tagged(tape: Any) -> Any:
    """The nodes; the leaves of the start carry the names of their variables."""
    leaves = [n for n in tape.nodes if n.op in ("array", "literal") and n.kind == "leaf"]
    arrays = [n for n in leaves if n.op == "array"][: len(ARRAYS)]
    after = tape.nodes.index(arrays[-1])
    numbers = [n for n in tape.nodes[after + 1 :] if n.op == "literal"][: len(NUMBERS)]
    for name, node in zip((*ARRAYS, *NUMBERS), (*arrays, *numbers), strict=True):
        node.tag = name
    return tape.nodes
