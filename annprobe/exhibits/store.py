"""Exhibits as plain data, and those that come with the catalogue."""

from __future__ import annotations

import dataclasses
import importlib.resources
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np

from annprobe.engine.architecture import Architecture
from annprobe.engine.network import Network
from annprobe.engine.setup import Setup

PACKAGE, FILE = "annprobe.mutants", "exhibits.json"


@dataclass(frozen=True)
class Picture:
    """What training makes of a mutant: medians over five starts, beside the same runs without the bug.

    task, architecture, setup   what was trained, in words
    right, wrong   [start, end]: the right cost of the outputs on all examples, None for what is not a number
    fault          the error that the mutant stops with; ``wrong`` then holds None
    """

    task: str
    architecture: str
    setup: str
    right: list[float | None]
    wrong: list[float | None]
    fault: str | None = None


@dataclass(frozen=True)
class Exhibit:
    """The smallest network that shows a mutant.

    network    plain data: architecture, W, X, Y, unit, setup (:func:`unpack` makes a network of it)
    quantity   the first thing that differs, e.g. ``gradient[1]``; "fault" where the mutant stops with an error
    right, wrong   its values, as nested lists of numbers and words; ``wrong`` is the error's text for a fault
    picture    what training makes of it, where it shows in training
    """

    network: dict[str, Any]
    quantity: str
    right: list[Any]
    wrong: list[Any] | str
    picture: Picture | None = None

    @property
    def widths(self) -> tuple[int, ...]:
        """Layer widths of the network."""
        return tuple(self.network["architecture"]["widths"])

    @property
    def unpacked(self) -> Network:
        """The network itself."""
        return unpack(self.network)


def pack(n: Network) -> dict[str, Any]:
    """A network as plain data."""
    return {
        "architecture": dataclasses.asdict(n.architecture),
        "W": [w.tolist() for w in n.W],
        "X": n.X.tolist(),
        "Y": n.Y.tolist(),
        "unit": n.unit,
        "setup": dataclasses.asdict(n.setup),
    }


def unpack(data: dict[str, Any]) -> Network:
    """The network of :func:`pack`'s plain data."""
    a = data["architecture"]
    architecture = Architecture(**{**a, "widths": tuple(a["widths"]), "activations": tuple(a["activations"])})
    X, Y = (np.array(data[name], dtype=np.float64) for name in ("X", "Y"))
    W = tuple(np.array(w, dtype=np.float64) for w in data["W"])
    return Network(architecture, W, X, Y, data["unit"], Setup(**data["setup"]))


def file() -> Traversable:
    """Where the exhibits of the own families are stored."""
    return importlib.resources.files(PACKAGE) / FILE


@cache
def stored() -> dict[str, Exhibit]:
    """The exhibits that come with the catalogue, by id of the mutant."""
    if not file().is_file():
        return {}
    return {id: from_json(data) for id, data in json.loads(file().read_text("utf-8")).items()}


def from_json(data: dict[str, Any]) -> Exhibit:
    """An exhibit of the plain data that ``dataclasses.asdict`` makes."""
    picture = data["picture"]
    return Exhibit(**{**data, "picture": Picture(**picture) if picture else None})
