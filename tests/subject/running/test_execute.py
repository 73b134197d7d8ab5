"""Running a module: its numbers are its own, what it does to the interpreter is undone, errors become data."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path

import numpy as np
import pytest

from annprobe.subject.reading.source import Source, read_source
from annprobe.subject.running.execute import execute
from annprobe.subject.running.loops import LoopGuard
from annprobe.subject.running.outcome import Outcome
from annprobe.tape import Budget, Recorder

TRAINING = """
import numpy as np
np.random.seed(1)
X = np.array([[0., 0.], [0., 1.], [1., 0.], [1., 1.]])
Y = np.array([[0.], [1.], [1.], [0.]])
W = np.random.randn(2, 3)
V = np.random.randn(3, 1)
for epoch in range(40):
    H = 1 / (1 + np.exp(-X @ W))
    out = 1 / (1 + np.exp(-H @ V))
    delta = (out - Y) * out * (1 - out)
    W -= 0.5 * X.T @ (delta @ V.T * H * (1 - H))
    V -= 0.5 * H.T @ delta
    if epoch % 10 == 0:
        print("cost", np.sum((out - Y) ** 2) / 2, out.shape)
print("done")
"""


def _source(folder: Path, text: str, name: str = "net.py") -> Source:
    (folder / name).write_text(text)
    return read_source(folder / name)


def _run(folder: Path, text: str, **options: object) -> Outcome:
    return execute(_source(folder, text), None, **{"seconds": 10.0, **options})  # type: ignore[arg-type]


def test_recorded_and_unrecorded_runs_give_the_same_numbers(tmp_path: Path) -> None:
    plain: dict[str, object] = {"print": lambda *values: None}
    exec(TRAINING, plain)
    for recorder in (None, Recorder(set())):
        outcome = execute(_source(tmp_path, TRAINING), recorder, seconds=20)
        assert outcome.ended == "completed"
        for name in ("W", "V", "out"):
            assert np.array_equal(np.asarray(outcome.namespace[name]), np.asarray(plain[name]))


def test_the_recorder_learns_the_file_and_the_turns(tmp_path: Path) -> None:
    recorder = Recorder(set())
    execute(_source(tmp_path, TRAINING), recorder, seconds=20)
    assert recorder.files == {str(tmp_path / "net.py")}
    assert {turn[0][1] for turn in recorder.tape.turns if turn} == set(range(1, 41))


def test_a_spent_budget_is_an_end(tmp_path: Path) -> None:
    recorder = Recorder(set(), Budget(nodes=50))
    assert execute(_source(tmp_path, TRAINING), recorder, seconds=20).ended == "stopped"
    assert len(recorder.tape) == 51


def test_prints_are_kept_with_line_text_and_numbers(tmp_path: Path) -> None:
    printed = _run(tmp_path, TRAINING).printed
    assert [entry.line for entry in printed] == [15, 15, 15, 15, 16]
    assert printed[0].text.startswith("cost ")
    assert len(printed[0].values) == 1
    assert float(printed[0].values[0]) > float(printed[3].values[0])


def test_printed_arrays_are_copies(tmp_path: Path) -> None:
    printed = _run(tmp_path, "import numpy as np\na = np.zeros(2)\nprint(a)\na += 1\nprint('a:', a, end='')\n").printed
    assert [entry.values[0].tolist() for entry in printed] == [[0.0, 0.0], [1.0, 1.0]]
    assert printed[1].text == "a: [1. 1.]"


def test_an_error_is_data_with_frames_and_live_variables(tmp_path: Path) -> None:
    outcome = _run(tmp_path, "def f(x):\n    y = x + 1\n    return y / 0\n\nf(2)\n")
    assert (outcome.ended, outcome.line, outcome.message) == ("raised", 3, "ZeroDivisionError: division by zero")
    assert [(frame.function, frame.line) for frame in outcome.frames] == [("<module>", 5), ("f", 3)]
    assert outcome.frames[-1].variables == {"x": 2, "y": 3}


@pytest.mark.parametrize("end", ["import sys\nsys.exit(2)", "exit()", "quit(1)", "raise SystemExit"])
def test_a_polite_exit_completes(tmp_path: Path, end: str) -> None:
    assert _run(tmp_path, f"x = 1\n{end}\n").ended == "completed"


@pytest.mark.parametrize(
    "text",
    [
        "while True:\n    pass\n",
        "x = [i for i in iter(int, 1)]\n",
        "f = lambda: f2()\ndef f2():\n    try:\n        while 1: pass\n    except: pass\nf()\n",
    ],
)
def test_time_is_limited(tmp_path: Path, text: str) -> None:
    outcome = _run(tmp_path, text, seconds=0.4)
    assert outcome.ended == "time" or outcome.cut == "time"


def test_the_interpreter_is_left_as_it_was(tmp_path: Path) -> None:
    before = (
        os.getcwd(),
        sys.argv,
        sys.getrecursionlimit(),
        np.geterr(),
        np.get_printoptions(),
        sys.stdout,
        random.getstate(),
        str(np.random.get_state()),
        set(sys.modules),
    )
    _run(
        tmp_path,
        "import sys, os, random, numpy as np\nsys.setrecursionlimit(5000)\nnp.seterr(all='raise')\n"
        "np.set_printoptions(precision=2)\nsys.argv.append('x')\nos.chdir('/')\nrandom.random()\nnp.random.rand()\n",
    )
    after = (
        os.getcwd(),
        sys.argv,
        sys.getrecursionlimit(),
        np.geterr(),
        np.get_printoptions(),
        sys.stdout,
        random.getstate(),
        str(np.random.get_state()),
        set(sys.modules),
    )
    assert after == before


def test_runs_repeat_by_the_seed(tmp_path: Path) -> None:
    text = "import random, numpy as np\nx = (random.random(), float(np.random.rand()))\n"
    assert _run(tmp_path, text).namespace["x"] == _run(tmp_path, text).namespace["x"]
    assert _run(tmp_path, text).namespace["x"] != _run(tmp_path, text, seed=1).namespace["x"]


def test_the_modules_own_seed_wins(tmp_path: Path) -> None:
    text = "import numpy as np\nnp.random.seed(7)\nx = np.random.rand(3).tolist()\n"
    assert _run(tmp_path, text, seed=3).namespace["x"] == np.random.RandomState(7).rand(3).tolist()


def test_main_blocks_arguments_and_file_names(tmp_path: Path) -> None:
    text = "import sys\nfile, args = __file__, sys.argv\nif __name__ == '__main__':\n    ran = True\n"
    outcome = _run(tmp_path, text, argv=("--fast",))
    assert outcome.namespace["file"] == str(tmp_path / "net.py")
    assert outcome.namespace["args"] == [str(tmp_path / "net.py"), "--fast"]
    assert outcome.namespace["ran"]


def test_definitions_are_loaded_without_the_training(tmp_path: Path) -> None:
    text = """
import numpy as np
RATE = 0.1
sizes = [2, 3]
rng = np.random.RandomState(0)
weights = rng.randn(*sizes)
data = open('nowhere.bin').read()
unused = train_everything()
class Net:
    def step(self, x): return weights @ x * RATE
net = Net()
def use(): return net
def train(): raise ValueError
result = train()
train()
for i in range(10): train()
while True: pass
if __name__ == '__main__':
    train()
"""
    outcome = _run(tmp_path, text, mode="definitions")
    assert outcome.ended == "completed"
    assert {"RATE", "sizes", "rng", "weights", "Net", "net", "use", "train"} <= set(outcome.namespace)
    assert not {"unused", "result", "i"} & set(outcome.namespace)


def test_what_fails_among_definitions_does_not_hide_the_rest(tmp_path: Path) -> None:
    outcome = _run(tmp_path, "table = missing_name + 1\ndef f(): return table\nclass Net: pass\n", mode="definitions")
    assert "Net" in outcome.namespace
    assert any("line 1 was left out" in note and "NameError" in note for note in outcome.notes)


def test_dataclasses_with_postponed_annotations_find_their_module(tmp_path: Path) -> None:
    text = (
        "from __future__ import annotations\nimport dataclasses as d\n@d.dataclass\nclass A:\n    x: int = 1\na = A()\n"
    )
    assert _run(tmp_path, text).ended == "completed"


def test_the_guard_is_told_when_the_recorder_has_enough(tmp_path: Path) -> None:
    recorder = Recorder(set(), satisfied=lambda tape: len(tape) > 300)
    outcome = execute(_source(tmp_path, TRAINING.replace("range(40)", "range(100000)")), recorder, seconds=20)
    assert (outcome.ended, outcome.cut) == ("completed", "enough")
    assert outcome.printed[-1].text == "done\n"


def test_a_guard_can_be_given(tmp_path: Path) -> None:
    outcome = _run(tmp_path, "n = 0\nwhile True:\n    n += 1\n", guard=LoopGuard(most_turns=5))
    assert outcome.namespace["n"] == 5
