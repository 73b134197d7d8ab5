"""Data that are not there: what loaders and tables give, and how their size follows from error messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from annprobe.subject.reading.source import read_source
from annprobe.subject.running.execute import execute
from annprobe.subject.surroundings.missing.data import DataGuess, first_guess
from annprobe.subject.surroundings.missing.growing import grow
from tests.reading import read

GUESS = DataGuess(columns=4, classes=3)


@pytest.mark.parametrize(
    ("message", "changed"),
    [
        ("cannot reshape array of size 232 into shape (100,4)", {"rows": 100}),
        ("cannot reshape array of size 92 into shape (100,4)", {"test_rows": 100}),
        ("cannot reshape array of size 232 into shape (58,7)", {"columns": 7}),
        ("index 17 is out of bounds for axis 1 with size 5", {"columns": 17}),
        ("index 70 is out of bounds for axis 0 with size 58", {"rows": 232}),
        ("index 9 is out of bounds for axis 1 with size 3", {"classes": 10}),
        ("list index out of range", {"rows": 232}),
        ("invalid literal for int() with base 10: '0.71'", {"whole": True}),
    ],
)
def test_what_an_error_message_says_comes_first(message: str, changed: dict[str, Any]) -> None:
    first = next(grow(GUESS, message))
    assert {name: getattr(first, name) for name in changed} == changed


def test_a_length_that_is_that_of_the_classes_is_theirs_first() -> None:
    message = "operands could not be broadcast together with shapes (10,58) (3,58)"
    sizes = [(guess.columns, guess.classes) for guess in grow(GUESS, message)]
    assert sizes.index((4, 10)) < sizes.index((11, 3))


def test_there_are_rows_for_the_batches_that_the_source_speaks_of(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("def fit(x, y, batch_size=128): pass\n")
    assert first_guess(read_source(tmp_path / "net.py").tree()).rows > 256


TABLES = """
import pdb
import numpy as np
import pandas as pd
import scipy.io as sio
from Task import Dataset
pdb.set_trace()
breakpoint()
data = sio.loadmat("ex4data1.mat")
X, y = data["X"], data["y"]
table = pd.read_csv("grades.csv")
both = pd.concat([table, pd.get_dummies(table["rank"], prefix="rank")], axis=1)
both.loc[:, "gpa"] = (both["gpa"] - both["gpa"].mean()) / both["gpa"].std()
labels = Dataset.Dataset().train_labels
found = (X.ndim, y.shape[1], isinstance(table, pd.DataFrame), isinstance(3, pd.DataFrame),
         both.shape[1] > table.shape[1], abs(float(np.mean(both["gpa"].values))) < 1e-9, labels.ndim)
"""


def test_tables_matlab_files_and_loaders_stand_in(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(TABLES)
    outcome = execute(read_source(tmp_path / "net.py"))
    assert outcome.message == ""
    assert outcome.namespace["found"] == (2, 1, True, False, True, True, 1)
    assert any("ex4data1.mat was not found" in note for note in outcome.notes)


def test_an_index_into_our_own_data_accuses_nobody(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("import numpy as np\nX = np.loadtxt('x.txt')\nprint(X[1000])\n")
    outcome = execute(read_source(tmp_path / "net.py"))
    assert outcome.ended == "raised"
    assert 58 in outcome.stood_in


WORDS = """
import json
import numpy as np
X, y = np.load("first.npy"), None
y = np.load("second.npy")
vocab = json.load(open("vocab.json"))
rows = [vocab[word] for word in open("text.txt").read().split(". ")[0].split()]
targets = np.eye(3)[y]
found = (X.ndim, targets.shape == (len(X), 3), sorted(vocab.values()) == list(range(len(vocab))), rows[:3])
"""


def test_files_are_what_their_variables_are_called_and_what_their_endings_say(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(WORDS)
    outcome = execute(read_source(tmp_path / "net.py"))
    assert outcome.message == ""
    assert outcome.namespace["found"] == (2, True, True, [0, 1, 2])


FORMS = {
    "three pickled parts": """
import gzip, pickle
with gzip.open("digits.pkl.gz", "rb") as f:
    train, valid, test = pickle.load(f, encoding="latin1")
X, y = train
Y = np.eye(10)[y[:50]]
X = X[:50]
""",
    "an h5 file": """
import h5py
f = h5py.File("cats.h5", "r")
X = np.array(f["train_set_x"][:])
Y = np.eye(2)[np.array(f["train_set_y"][:])]
""",
    "records in JSON": """
import json
with open("pairs.json") as f:
    records = json.load(f)
X = np.array([r["input"] for r in records])
Y = np.array([r["output"] for r in records])
""",
    "rows in JSON": """
import json
rows = json.load(open("rows.json"))
X = np.array([row[:-1] for row in rows])
Y = np.array([[row[-1]] for row in rows])
""",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_a_missing_file_comes_in_the_form_in_which_it_is_read(text: str, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    descent = """
W = np.zeros((X.shape[1], Y.shape[1]))
for _ in range(9):
    W = W - 0.1 * X.T @ (X @ W - Y) / len(X)
"""
    path.write_text("import numpy as np\n" + text + descent)
    understood, findings = read(path)
    assert understood is not None
    assert not understood.missing
    assert findings == ()
