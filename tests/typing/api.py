"""The public interface as users write it: checked by mypy, never run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import annprobe


class Network:
    """Whatever the user has."""


def use_diagnose() -> str:
    found: annprobe.Diagnosis = annprobe.diagnose(Network, seed=1, effort="quick", sizes=(2, 4, 1))
    annprobe.diagnose("my_network.py")
    annprobe.diagnose(Path("my_network.py"), progress=print)
    finding: annprobe.Finding = found.findings[0]
    line: int = finding.places[0].line
    return f"{finding.code} {finding.message} {line} {found.verdict}"


def use_gradcheck(parameters: dict[str, NDArray[np.float64]]) -> bool:
    result = annprobe.check_gradients(lambda p: 0.0, parameters, lambda p: p)
    agrees: bool = annprobe.assert_gradients(lambda p: 0.0, parameters, lambda p: p).agrees
    return agrees and result.agrees


test_any_size = annprobe.property_test(Network, max_examples=3, max_width=5, task="xor")
