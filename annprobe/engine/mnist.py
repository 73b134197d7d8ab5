"""MNIST and its relatives from files that the user has: IDX (also gzipped), ``.npz``, or ``.pkl.gz``."""

from __future__ import annotations

import gzip
import io
import pickle
import struct
from pathlib import Path
from typing import Any

import numpy as np

from annprobe.engine.digits import one_hot
from annprobe.engine.layout import Array
from annprobe.engine.setup import Data
from annprobe.errors import BadArgument

IDX_TYPES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
PARTS = ("train", "t10k", "test")  # as the files are named; the first that is there is read
NPZ_NAMES = (("x_train", "y_train"), ("x_test", "y_test"), ("X", "y"), ("images", "labels"))


def load(path: Path, limit: int | None = None) -> Data:
    """Images and labels: X (N, pixels) as they come, Y (N, classes) one-hot, at most ``limit`` rows.

    path  a directory with IDX files, one IDX file (the other is looked for beside it), a ``.npz`` or a ``.pkl.gz``
    Raises :class:`BadArgument` when nothing usable is there; the message says what was looked for.
    """
    if path.is_dir():
        images, labels = _directory(path)
    elif not path.exists():
        raise BadArgument(f"there is no file or directory {path}")
    elif path.suffix == ".npz":
        images, labels = _npz(path)
    elif ".pkl" in path.suffixes or ".pickle" in path.suffixes:
        images, labels = _pickled(path)
    else:
        images, labels = _pair(path)
    return _data(path, images, labels, limit)


def _data(path: Path, images: Array, labels: Array, limit: int | None) -> Data:
    if len(images) != len(labels) or len(images) == 0:
        raise BadArgument(f"{path} has {len(images)} images and {len(labels)} labels; it needs as many of one as "
                          "of the other, and at least one")
    X = np.asarray(images[:limit], dtype=np.float64).reshape(len(images[:limit]), -1)
    labels = np.asarray(labels[:limit])
    Y = labels.astype(np.float64) if labels.ndim == 2 else one_hot(labels, max(10, int(np.max(labels)) + 1))
    return Data(X, Y, 255.0 if X.max(initial=0.0) > 1.0 else 1.0)


def read_idx(path: Path) -> Array:
    """The array of an IDX file (format of LeCun's MNIST page), gzipped or not."""
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in IDX_TYPES:
        raise BadArgument(f"{path} is not an IDX file: it must begin with two zero bytes and a type code")
    dimensions = raw[3]
    shape = struct.unpack(f">{dimensions}I", raw[4 : 4 + 4 * dimensions])
    values = np.frombuffer(raw, dtype=IDX_TYPES[raw[2]], offset=4 + 4 * dimensions)
    if values.size != int(np.prod(shape)):
        raise BadArgument(f"{path} is cut short: its header announces shape {shape}, it holds {values.size} values")
    return values.reshape(shape)


def _directory(path: Path) -> tuple[Array, Array]:
    for part in PARTS:
        images = sorted(path.glob(f"{part}-images*"))
        if images:
            return _pair(images[0])
    for pattern, read in (("*.npz", _npz), ("*.pkl.gz", _pickled)):
        found = sorted(path.glob(pattern))
        if found:
            return read(found[0])
    raise BadArgument(f"{path} holds none of train-images*, t10k-images*, *.npz, *.pkl.gz")


def _pair(path: Path) -> tuple[Array, Array]:
    names = (path.name.replace("labels", "images").replace("idx1", "idx3"),
             path.name.replace("images", "labels").replace("idx3", "idx1"))
    files = [path.with_name(name) for name in names]
    for file in files:
        if not file.exists():
            raise BadArgument(f"beside {path} there must be {file.name}")
    return read_idx(files[0]), read_idx(files[1])


def _npz(path: Path) -> tuple[Array, Array]:
    with np.load(path, allow_pickle=False) as archive:
        for images, labels in NPZ_NAMES:
            if images in archive and labels in archive:
                return archive[images], archive[labels]
        raise BadArgument(f"{path} holds {', '.join(archive.files)}; it needs x_train and y_train, or X and y")


class _Arrays(pickle.Unpickler):
    """Unpickles numpy arrays and nothing else: a pickle can run any code."""

    def find_class(self, module: str, name: str) -> Any:
        """Only what rebuilding an array needs."""
        if name in ("_reconstruct", "ndarray", "dtype", "scalar", "_frombuffer") and module.split(".")[0] == "numpy":
            return super().find_class(module, name)
        if (module, name) == ("_codecs", "encode"):
            return super().find_class(module, name)
        raise BadArgument(f"this pickle wants {module}.{name}; only plain arrays are read from pickles")


def _pickled(path: Path) -> tuple[Array, Array]:
    raw = path.read_bytes()
    stream = io.BytesIO(gzip.decompress(raw) if path.suffix == ".gz" else raw)
    content = _Arrays(stream, encoding="latin1").load()
    while isinstance(content, (tuple, list)) and content and isinstance(content[0], (tuple, list)):
        content = content[0]  # (training, validation, test): the first
    if not isinstance(content, (tuple, list)) or len(content) < 2:
        raise BadArgument(f"{path} holds a {type(content).__name__}; it needs (images, labels), or three such pairs")
    return np.asarray(content[0]), np.asarray(content[1])
