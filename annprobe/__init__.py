"""annprobe: finds out what is wrong with a hand-written neural network.

The names below load on first use, so that ``import annprobe`` (and with it the pytest plugin) stays light.
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

# name -> module that defines it
_PUBLIC: dict[str, str] = {}

__all__ = ["__version__"]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(importlib.import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'annprobe' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
