"""The network that most tests of the check use, and parameters of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from .networks import Network, network

Array = NDArray[Any]


@pytest.fixture
def net() -> Network:
    return network((3, 5, 2), 4)[0]


@pytest.fixture
def W(net: Network) -> list[Array]:
    rng = np.random.default_rng(1)
    return [rng.standard_normal(shape) / np.sqrt(shape[1]) for shape in net.shapes]
