"""Surroundings: what a module imports, reads and asks for is there, or something takes its place and is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annprobe.subject.reading.source import read_source
from annprobe.subject.running.execute import execute
from annprobe.subject.running.outcome import Outcome
from annprobe.subject.search import find_usage
from annprobe.subject.surroundings.missing.data import DataGuess
from annprobe.subject.surroundings.missing.growing import grow
from annprobe.subject.surroundings.missing.inert import Inert
from annprobe.tape import Recorder


def _run(folder: Path, text: str, *, record: bool = False, **options: Any) -> Outcome:
    (folder / "net.py").write_text(text)
    return execute(read_source(folder / "net.py"), Recorder(set()) if record else None, seconds=10, **options)


def _value(folder: Path, text: str, name: str = "x", **options: Any) -> Any:
    outcome = _run(folder, text, **options)
    assert outcome.ended == "completed", outcome.message
    return outcome.namespace[name]


PLOTS = """
import matplotlib
matplotlib.use('TkAgg')
import matplotlib.pyplot as plt
from mpl_toolkits.mplot3d import Axes3D
from matplotlib import cm
import seaborn as sns
sns.set()
fig, ax = plt.subplots(2, figsize=(3, 3))
ax[0].plot([1, 2], label='cost')
fig = plt.figure()
n, bins, patches = plt.hist([1, 2, 3])
with plt.style.context('ggplot'):
    plt.scatter([1], [2], c=cm.jet(0.5))
for line in ax: line.set_color('r')
plt.gca().invert_yaxis()
plt.show()
x = 1
"""


def test_plots_do_nothing_and_are_not_worth_a_note(tmp_path: Path) -> None:
    outcome = _run(tmp_path, PLOTS)
    assert (outcome.ended, outcome.notes) == ("completed", ())


def test_a_missing_package_is_named_and_inert(tmp_path: Path) -> None:
    text = """
import brainlib
from brainlib.layers import Dense, relu
import brainlib.optim as optim
@brainlib.jit
def f(a): return a + 1
@brainlib.jit(fast=True)
def g(a): return a + 2
class Net(brainlib.Module):
    def __init__(self): super().__init__(); self.w = 3
a, (b, c) = brainlib.pair()
d = Dense(3)(relu) + 1
x = (f(1), g(1), Net().w, bool(d), len(brainlib.items))
"""
    outcome = _run(tmp_path, text)
    assert outcome.namespace["x"] == (2, 3, 3, False, 0)
    assert any("module brainlib was not found" in note for note in outcome.notes)


def test_a_module_that_provides_for_a_missing_package_is_left_to_it(tmp_path: Path) -> None:
    text = "try:\n    import brainlib as xp\nexcept ImportError:\n    import numpy as xp\nx = xp.ones(2).sum()\n"
    assert _value(tmp_path, text) == 2.0


def test_a_module_that_provides_for_a_missing_file_is_left_to_it(tmp_path: Path) -> None:
    text = "def load():\n    return open('a.csv').read()\ntry:\n    x = load()\nexcept OSError:\n    x = 'made up'\n"
    assert _value(tmp_path, text) == "made up"


def test_siblings_run_under_the_same_recorder(tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text(
        "import numpy as np\nclass Dense:\n    def __init__(self): self.W = np.ones((2, 2))\n"
    )
    package = tmp_path / "tools"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "extra.py").write_text("from layers import Dense\nfrom . import deep\nSIZE = deep.SIZE\n")
    (package / "deep.py").write_text("SIZE = 4\n")
    (tmp_path / "net.py").write_text(
        "from layers import Dense\nimport tools.extra as extra\nfrom tools import deep\n"
        "x = Dense().W * extra.SIZE * deep.SIZE\n"
    )
    recorder = Recorder(set())
    outcome = execute(read_source(tmp_path / "net.py"), recorder, seconds=10)
    assert outcome.message == ""
    assert float(np.asarray(outcome.namespace["x"])[0, 0]) == 16.0
    assert {Path(file).name for file in recorder.files} == {"net.py", "layers.py", "extra.py", "deep.py", "__init__.py"}


def test_relative_imports_of_a_file_run_by_itself(tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text("SIZE = 3\n")
    assert _value(tmp_path, "from . import layers\nfrom .layers import SIZE\nx = SIZE + layers.SIZE\n") == 6


def test_an_error_in_a_sibling_is_the_users(tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text("x = 1 / 0\n")
    outcome = _run(tmp_path, "import layers\n")
    assert [Path(frame.file).name for frame in outcome.frames] == ["net.py", "layers.py"]


def test_parents_are_searched_too(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("K = 5\n")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "net.py").write_text("from helper import K as x\n")
    assert execute(read_source(tmp_path / "deep" / "net.py"), None).namespace["x"] == 5


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("np.float(2)", 2.0), ("np.int(2.5)", 2), ("np.bool(0)", False), ("np.product([2, 3])", 6),
        ("float(np.mat('1 2; 3 4')[1, 0])", 3.0), ("np.asscalar(np.array([4]))", 4), ("np.Inf > 1", True),
        ("len(np.array([np.zeros(2), np.zeros(3)]))", 2), ("float(np.trapz([1, 1]))", 1.0),
        ("np.array([1.0, 2.0], copy=False).sum()", 3.0), ("np.float_(3).item()", 3.0),
        ("bool(np.in1d([1], [1])[0])", True),
    ],
)  # fmt: skip
@pytest.mark.parametrize("record", [False, True])
def test_names_that_numpy_dropped(tmp_path: Path, expression: str, expected: object, record: bool) -> None:
    assert _value(tmp_path, f"import numpy as np\nx = {expression}\n", record=record) == expected


def test_dropped_names_are_noted_and_unknown_ones_stay_errors(tmp_path: Path) -> None:
    outcome = _run(tmp_path, "import numpy as np\nx = np.float(1)\ny = np.no_such_function(1)\n")
    assert any("numpy.float" in note for note in outcome.notes)
    assert outcome.message.startswith("AttributeError")


def test_python_2_and_time(tmp_path: Path) -> None:
    text = "import time\nt = time.clock()\ntime.sleep(1000)\nx = reduce(lambda a, b: a + b, xrange(4))\n"
    outcome = _run(tmp_path, text)
    assert outcome.namespace["x"] == 6
    assert any("xrange" in note for note in outcome.notes)


def test_progress_bars_pass_their_iterable_through(tmp_path: Path) -> None:
    text = """
from tqdm import tqdm, trange
x = [i for i in tqdm(range(3), desc='a')] + [i for i in trange(2)]
bar = tqdm(total=3)
bar.update(1)
with tqdm([7]) as items:
    x += list(items)
"""
    assert _value(tmp_path, text) == [0, 1, 2, 0, 1, 7]


def test_own_files_are_read_and_scratch_files_found_again(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1,2\n3,4\n")
    text = """
import numpy as np
x = np.loadtxt('data.csv', delimiter=',').sum() + len(open('data.csv').read())
np.save('w.npy', np.ones(2))
x += np.load('w.npy').sum()
with open('notes.txt', 'w') as f: f.write('ab')
x += len(open('notes.txt').read())
"""
    assert _value(tmp_path, text) == 10 + 8 + 2 + 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data.csv", "net.py"]


@pytest.mark.parametrize(
    ("load", "shape"),
    [
        ("np.loadtxt('digits.csv', delimiter=',')", (-1, 785)),
        ("np.array([line.split(',') for line in open('mnist_train.csv').readlines()], dtype=float)", (-1, 785)),
        ("np.array(pd.read_csv('train.csv'))", (-1, 785)),
        ("pd.read_csv('train.csv').drop('label', axis=1).values", (-1, 784)),
        ("pd.read_csv('train.csv')['label'].to_numpy()", (-1,)),
        ("np.load('train_images.npy')", (-1, 784)),
    ],
)
def test_missing_data_have_the_size_that_the_source_speaks_of(
    tmp_path: Path, load: str, shape: tuple[int, ...]
) -> None:
    text = f"import numpy as np\nimport pandas as pd\nx = {load}\nw = np.random.randn(10, 784)\n"
    x = np.asarray(_value(tmp_path, text))
    assert x.shape[1:] == shape[1:]
    assert x.shape[0] >= 20
    assert _run(tmp_path, text).data_missing


def test_idx_files_have_the_real_format(tmp_path: Path) -> None:
    text = """
import gzip, struct, numpy as np
with gzip.open('train-images-idx3-ubyte.gz', 'rb') as f:
    magic, n, rows, cols = struct.unpack('>IIII', f.read(16))
    images = np.frombuffer(f.read(), dtype=np.uint8).reshape(n, 784)
with open('train-labels-idx1-ubyte', 'rb') as f:
    magic, m = struct.unpack('>II', f.read(8))
    labels = np.frombuffer(f.read(), dtype=np.uint8)
x = (rows, cols, n == m == len(labels), int(labels.max()))
"""
    assert _value(tmp_path, text) == (28, 28, True, 9)


LOADERS = """
import numpy as np
from sklearn.datasets import load_iris, make_moons
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from lost_loader import load_planar, load_all
import mnist_loader
X, y = load_iris(return_X_y=True)
A, B, c, d = train_test_split(StandardScaler().fit_transform(X), y, test_size=0.2)
M, m = make_moons(30, noise=0.1)
P, Q = load_planar()
(x_train, y_train), (x_test, y_test) = load_all()
training_data, validation_data, test_data = mnist_loader.load_data_wrapper()
pairs = list(training_data)
x = (X.shape[1], len(A) + len(B) == len(X), len(c) == len(A), M.shape, P.ndim, Q.ndim, len(x_train) == len(y_train),
     pairs[0][0].shape[1:], pairs[0][1].shape[1:])
"""


@pytest.mark.parametrize("record", [False, True])
def test_data_sets_and_loaders_that_are_not_there(tmp_path: Path, record: bool) -> None:
    assert _value(tmp_path, LOADERS, record=record) == (4, True, True, (30, 2), 2, 1, True, (1,), (1,))


def test_sizes_grow_from_error_messages() -> None:
    guess = DataGuess(columns=4, classes=3)
    message = "shapes (58,4) and (9,5) not aligned: 4 (dim 1) != 9 (dim 0)"
    assert DataGuess(columns=9, classes=3) in list(grow(guess, message))[:3]


def test_data_are_grown_until_the_module_runs(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("""
import numpy as np
data = np.loadtxt('measurements.txt')
X, Y = data[:, :-1], data[:, -1:]
W = np.full((11, 1), 0.1)
for k in range(20):
    W -= 0.01 * X.T @ (X @ W - Y)
""")
    found = find_usage(
        read_source(tmp_path / "net.py"), lambda s: Recorder(set()), lambda tape, outcome: 1.0, seconds=20
    )
    assert found is not None
    assert found.outcome.ended == "completed"
    assert found.outcome.namespace["W"].shape == (11, 1)


def test_an_inert_object_refuses_to_be_data() -> None:
    with pytest.raises(TypeError, match="brainlib is not installed"):
        np.asarray(Inert("brainlib"))
