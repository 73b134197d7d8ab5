"""A recorded run is compared with a plain one: a real difference is seen, one that means nothing is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from annprobe.subject.agreement import disagreement
from annprobe.subject.own_usage import OwnUsage
from annprobe.subject.reading.source import read_source
from annprobe.subject.running.outcome import Outcome
from annprobe.tape import Budget, Recorder

TRAINING = """
import numpy as np
w = np.zeros(3)
for step in range(20):
    w += 0.1 * (np.arange(3.0) - w)
    if step % 5 == 0:
        print(step, w)
"""


def _recorded(tmp_path: Path, text: str, **options: Any) -> tuple[OwnUsage, Outcome]:
    module = tmp_path / "net.py"
    module.write_text(text)
    usage = OwnUsage(read_source(module))
    return usage, usage.run(Recorder(set(), **options), seconds=20.0)


QUIET = {
    "a training": TRAINING,
    "an object": "class Net:\n    pass\nnet = Net()\nnet.w = [1.0]\nnet.me = net\nprint(net)",
    "its time": "import time\nstart = time.time()\nprint('took', time.time() - start)\nwhen = time.time()",
    "seeded by the clock": "import numpy as np, time\nnp.random.seed(int(time.time()))\nprint(np.random.rand(3))",
    "never seeded": "import numpy as np\nw = np.random.default_rng().random(3)\nv = np.random.RandomState().rand()\n"
    "print(w, v)",
    "an error": "import numpy as np\nprint(1)\nnp.zeros(2) @ np.zeros(3)",
    "NaN": "import numpy as np\nw = np.array([1.0, np.nan, np.inf])\nprint(w / 0)",
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_what_does_the_same_agrees(text: str, tmp_path: Path) -> None:
    assert disagreement(*_recorded(tmp_path, text)) is None


def test_a_run_that_was_cut_is_cut_in_the_same_place(tmp_path: Path) -> None:
    usage, outcome = _recorded(tmp_path, TRAINING.replace("range(20)", "range(10**9)"), satisfied=lambda tape: True)
    assert outcome.cut == "enough"
    assert outcome.ended == "completed"
    assert disagreement(usage, outcome) is None


def test_a_run_that_was_stopped_is_compared_as_far_as_it_went(tmp_path: Path) -> None:
    usage, outcome = _recorded(tmp_path, TRAINING, budget=Budget(nodes=60))
    assert outcome.ended == "stopped"
    assert outcome.printed
    assert disagreement(usage, outcome) is None


@pytest.mark.parametrize(
    ("plain", "recorded", "kind"),
    [
        ("print('cost', 0.25)", "print('cost', 0.2501)", "printed"),
        ("print('cost', 0.25)", "print('error', 0.25)", "printed"),
        ("print('cost', 0.25)", "pass", "printed"),
        ("w = 0.5", "w = 0.5001", "variable"),
        ("w = {'W': [0.5]}", "w = {'W': [0.25]}", "variable"),
        ("raise ValueError('shapes')", "raise TypeError('shapes')", "error"),
    ],
)
def test_a_difference_is_seen(plain: str, recorded: str, kind: str, tmp_path: Path) -> None:
    _, outcome = _recorded(tmp_path, recorded)
    (tmp_path / "net.py").write_text(plain)
    found = disagreement(OwnUsage(read_source(tmp_path / "net.py")), outcome)
    assert found is not None
    assert found.kind == kind


def test_generators_that_nobody_seeds_give_the_same_in_every_run(tmp_path: Path) -> None:
    text = "import numpy as np, random\nnp.random.seed()\nrandom.seed()\n"
    text += "print(random.random())\n"
    text += "made = [np.random.default_rng().random() for _ in range(2)]\nprint(*made, np.random.rand())"
    _, first = _recorded(tmp_path, text)
    _, second = _recorded(tmp_path, text)
    assert first.printed == second.printed
    assert len(set(first.printed[1].text.split())) == 3
