"""Hypothesis's door: makes ``st.from_type`` know annprobe's types.

Hypothesis calls :func:`register` whenever it is imported, in any program of the environment. So this imports nothing,
unless the program has imported annprobe's types already. In the other order ``annprobe.strategies`` registers them.
"""

from __future__ import annotations

import importlib
import sys


def register() -> None:
    """Register the strategies, if the types that they make have been imported."""
    if "annprobe.engine.architecture" in sys.modules:
        importlib.import_module("annprobe.strategies")
