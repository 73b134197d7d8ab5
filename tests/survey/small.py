"""Small campaigns for tests, and workers that die."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from annprobe.survey.campaign import Campaign
from annprobe.survey.measure import run_unit
from annprobe.survey.units import Unit

MUTANTS = ("ld-sign", "bs-grad-zero", "tr-delta-w", "up-rebind", "ba-shuffle-x-only", "in-zeros", "rd-sum+dr-sign")
MARKS = "ANNPROBE_TEST_MARKS"  # folder in which workers leave a mark when they have died


def campaign(**changes: Any) -> Campaign:
    """Three architectures, one shape of examples, 60 iterations."""
    usual: dict[str, Any] = {"mutants": MUTANTS, "architectures": 3, "tasks": ("majority", "either"), "seeds": 2,
                             "origin_seeds": 1, "iterations": 60, "every": 20}
    return Campaign(**{**usual, **changes})


def dies_once(unit: Unit) -> dict[str, Any]:
    """Each unit kills its worker the first time it is run."""
    mark = Path(os.environ[MARKS]) / unit.name
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return run_unit(unit)


def dies_always_on_the_deepest(unit: Unit) -> dict[str, Any]:
    """One kind of unit kills its worker whenever it is run."""
    if len(unit.blueprint.hidden) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return run_unit(unit)


def raises(unit: Unit) -> dict[str, Any]:
    """A unit that fails."""
    raise ZeroDivisionError("on purpose")
