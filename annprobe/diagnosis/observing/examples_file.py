"""Examples from a file of the user's: ``--data FILE``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from annprobe.errors import BadArgument
from annprobe.subject.making.hints import Data


def load_examples(file: str) -> Data:
    """Inputs and targets from an npz (arrays X and Y, or the first two) or a csv file (targets in the last column).

    Raises ``BadArgument`` when there is no such file or it holds something else.
    """
    path = Path(file)
    try:
        if path.suffix == ".npz":
            with np.load(path) as arrays:
                names = {name.lower(): name for name in arrays.files}
                chosen = [names.get("x", arrays.files[0]), names.get("y", arrays.files[1])]
                x, y = (np.asarray(arrays[name]) for name in chosen)
        else:
            table = np.genfromtxt(path, delimiter=",")
            table = table[~np.isnan(table).any(axis=1)]  # a heading is no example
            x, y = table[:, :-1], table[:, -1:]
    except (OSError, ValueError, IndexError) as error:
        raise BadArgument(f"--data {file}: no examples could be read from it ({error})") from None
    if x.ndim != 2 or len(x) != len(y) or not len(x):
        raise BadArgument(f"--data {file}: inputs {x.shape} and targets {y.shape} are no table of examples")
    return Data(x, y)
