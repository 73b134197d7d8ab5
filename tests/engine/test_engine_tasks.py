"""Tasks, digits, and MNIST files of every kind, good and bad."""

from __future__ import annotations

import gzip
import pickle
import struct
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from annprobe.engine.digits import digits, handwritten
from annprobe.engine.mnist import load, read_idx
from annprobe.engine.tasks import TASKS, make
from annprobe.errors import BadArgument


@pytest.mark.parametrize("name", TASKS)
def test_tasks_have_examples_that_fit(name: str) -> None:
    task = make(name, seed=3)
    assert len(task.data.X) == len(task.data.Y) > 1
    assert np.all(np.isfinite(task.data.X))
    assert task.data.Y.min() >= 0.0
    assert task.data.Y.max() <= 1.0
    assert task.architecture().widths == (task.inputs, *task.hidden, task.outputs)
    same = make(name, seed=3)
    np.testing.assert_array_equal(task.data.X, same.data.X)
    np.testing.assert_array_equal(task.data.Y, same.data.Y)


def test_truth_tables() -> None:
    assert make("and").data.Y.ravel().tolist() == [0, 0, 0, 1]
    assert make("or").data.Y.ravel().tolist() == [0, 1, 1, 1]
    assert make("xor").data.Y.ravel().tolist() == [0, 1, 1, 0]
    assert make("parity").data.Y.sum() == 8
    assert make("xor").data.X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]


def test_an_unknown_task_is_named_with_the_closest() -> None:
    with pytest.raises(BadArgument, match="there is no task 'xorr'; did you mean 'xor'"):
        make("xorr")


def test_drawn_digits_are_digits() -> None:
    data = digits()
    assert data.X.shape == (200, 64)
    assert data.Y.sum(axis=0).tolist() == [20.0] * 10
    assert (data.X.min(), data.X.max(), data.unit) == (0.0, 16.0, 16.0)
    apart = ((data.X[:, None] - data.X[None]) ** 2).sum(axis=2) + 1e9 * np.eye(200)
    nearest = apart.argmin(axis=1)
    same = (data.Y.argmax(axis=1) == data.Y[nearest].argmax(axis=1)).mean()
    assert 0.8 < same < 1.0  # neither noise nor copies


def test_handwritten_digits_need_scikit_learn() -> None:
    if find_spec("sklearn") is None:
        with pytest.raises(BadArgument, match="pip install scikit-learn"):
            handwritten()
    else:
        assert handwritten().X.shape == (1797, 64)


def idx(values: np.ndarray[Any, np.dtype[np.uint8]]) -> bytes:
    return bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (12, 28, 28)).astype(np.uint8), (np.arange(12) % 10).astype(np.uint8)
    (tmp_path / "t10k-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(images)))
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(labels)))
    np.savez(tmp_path / "mnist.npz", x_train=images, y_train=labels)
    flat = images.reshape(12, -1).astype(np.float32) / 255
    parts = tuple((flat, labels.astype(np.int64)) for _ in range(3))
    (tmp_path / "mnist.pkl.gz").write_bytes(gzip.compress(pickle.dumps(parts)))
    return tmp_path


FILES = ["", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "mnist.npz", "mnist.pkl.gz"]


@pytest.mark.parametrize("name", FILES)
def test_mnist_is_read_from_every_kind_of_file(mnist: Path, name: str) -> None:
    data = load(mnist / name, limit=5)
    assert data.X.shape == (5, 784)
    assert data.Y.argmax(axis=1).tolist() == [0, 1, 2, 3, 4]
    assert data.X.max() / data.unit <= 1.0
    np.testing.assert_allclose(data.X / data.unit, load(mnist / "mnist.npz", limit=5).X / 255, atol=1e-7)


def test_a_pickle_that_runs_code_is_refused(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return eval, ("1 + 1",)

    (tmp_path / "mnist.pkl").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(BadArgument, match="only plain arrays"):
        load(tmp_path / "mnist.pkl")


def test_bad_files_are_described(tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="there is no file"):
        load(tmp_path / "nothing")
    with pytest.raises(BadArgument, match="holds none of"):
        load(tmp_path)
    (tmp_path / "a-images").write_bytes(b"GIF89a")
    with pytest.raises(BadArgument, match=r"beside .* there must be a-labels"):
        load(tmp_path / "a-images")
    (tmp_path / "short").write_bytes(bytes([0, 0, 8, 1, 0, 0, 0, 9, 1]))
    with pytest.raises(BadArgument, match="cut short"):
        read_idx(tmp_path / "short")
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(BadArgument, match="needs x_train and y_train"):
        load(tmp_path / "other.npz")
