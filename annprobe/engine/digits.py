"""Digits in 8 x 8 pixels: a set drawn here, and scikit-learn's where it is installed."""

from __future__ import annotations

import importlib

import numpy as np
from numpy.typing import ArrayLike

from annprobe.engine.layout import Array
from annprobe.engine.setup import Data
from annprobe.errors import BadArgument

BRIGHTEST = 16.0  # pixels are 0 to 16, as in the set of the UCI repository
SIZE = 8
COPIES = 20  # of every digit

# Ten glyphs of 5 x 7 pixels, one row of seven numbers each; bit 4 is the leftmost pixel.
GLYPHS = (
    (14, 17, 19, 21, 25, 17, 14),
    (4, 12, 4, 4, 4, 4, 14),
    (14, 17, 1, 2, 4, 8, 31),
    (31, 2, 4, 2, 1, 17, 14),
    (2, 6, 10, 18, 31, 2, 2),
    (31, 16, 30, 1, 1, 17, 14),
    (6, 8, 16, 30, 17, 17, 14),
    (31, 1, 2, 4, 8, 8, 8),
    (14, 17, 17, 14, 17, 17, 14),
    (14, 17, 17, 15, 1, 2, 12),
)


def one_hot(labels: ArrayLike, classes: int = 10) -> Array:
    """Labels (N,) as rows of zeros with a single one, (N, classes)."""
    return np.asarray(np.eye(classes)[np.asarray(labels, dtype=np.intp)])


def glyph(digit: int) -> Array:
    """A digit as (7, 5) pixels of 0 or 1."""
    rows = np.array(GLYPHS[digit])[:, None] >> np.arange(4, -1, -1) & 1
    return rows.astype(np.float64)


def digits(seed: int = 0) -> Data:
    """200 drawn digits: printed glyphs, each moved a little, with strokes of varying strength and noise.

    Not handwriting: much easier than that, and made for trying a network with ten classes without any file.
    X (200, 64), pixels 0 to 16; Y (200, 10) one-hot.
    """
    rng = np.random.default_rng(seed)
    labels = np.tile(np.arange(10), COPIES)
    X = np.stack([_drawn(glyph(label), rng).ravel() for label in labels])
    return Data(X, one_hot(labels), BRIGHTEST)


def _drawn(shape: Array, rng: np.random.Generator) -> Array:
    picture = np.zeros((SIZE, SIZE))
    top, left = rng.integers(0, SIZE - shape.shape[0] + 1), rng.integers(0, SIZE - shape.shape[1] + 1)
    picture[top : top + shape.shape[0], left : left + shape.shape[1]] = shape * rng.uniform(0.6, 1.0, shape.shape)
    noise = rng.normal(0.0, 0.08, picture.shape)
    return np.asarray(np.round(BRIGHTEST * np.clip(picture + noise, 0.0, 1.0)))


def handwritten() -> Data:
    """The 1797 handwritten digits that come with scikit-learn: X (1797, 64), pixels 0 to 16; Y (1797, 10) one-hot.

    Raises :class:`BadArgument` where scikit-learn is not installed.
    """
    try:
        datasets = importlib.import_module("sklearn.datasets")
    except ImportError as error:
        raise BadArgument("the handwritten digits come with scikit-learn, which is not installed: "
                          "`pip install scikit-learn`, or use the task 'digits'") from error
    X, labels = datasets.load_digits(return_X_y=True)
    return Data(X, one_hot(labels), BRIGHTEST)
