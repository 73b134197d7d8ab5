"""annprobe: finds out what is wrong with a hand-written neural network.

The names below load on first use, so that ``import annprobe`` (and with it the pytest plugin) stays light.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annprobe.findings import Diagnosis as Diagnosis
    from annprobe.findings import Finding as Finding
    from annprobe.gradcheck import assert_gradients as assert_gradients
    from annprobe.gradcheck import check_gradients as check_gradients
    from annprobe.gradcheck import check_layer as check_layer
    from annprobe.notebook import diagnose as diagnose
    from annprobe.subject.making.adapter import Subject as Subject
    from annprobe.testing import property_test as property_test

__version__ = "0.1.0"

# name -> module that defines it
_PUBLIC: dict[str, str] = {
    "Diagnosis": "annprobe.findings",
    "Finding": "annprobe.findings",
    "Subject": "annprobe.subject.making.adapter",
    "assert_gradients": "annprobe.gradcheck",
    "check_gradients": "annprobe.gradcheck",
    "check_layer": "annprobe.gradcheck",
    "diagnose": "annprobe.notebook",
    "property_test": "annprobe.testing",
}

__all__ = ["Diagnosis", "Finding", "Subject", "__version__", "assert_gradients", "check_gradients", "check_layer",
           "diagnose", "property_test"]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'annprobe' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
