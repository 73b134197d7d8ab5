"""A unit of a survey: self-contained, named by its content, so that it can be run anywhere, any number of times."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from annprobe.survey.blueprints import Blueprint

ROOMS = ("engine", "mutants", "symptoms", "survey")  # whose code decides what a unit's result is


@functools.cache
def code_digest() -> str:
    """A digest of the code that a unit runs: results of other code are other results."""
    digest = hashlib.sha256()
    for room in ROOMS:
        folder = files(f"annprobe.{room}")
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            if file.name.endswith(".py"):
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Unit:
    """One blueprint on tasks of one shape, with many mutants and seeds: what is trained as a few stacks.

    mutants    ids; "a+b" is a double fault. The healthy runs are always there too
    seeds      runs with the sensible setting: a rate found by a short sweep, a scaled start
    origin_seeds   runs with the setting of the network that this project began with: rate 0.01, start N(0.1, 0.1)
    code       digest of the code it was planned with
    """

    blueprint: Blueprint
    tasks: tuple[str, ...]
    mutants: tuple[str, ...]
    seeds: int
    origin_seeds: int
    iterations: int
    every: int
    code: str

    @property
    def name(self) -> str:
        """The unit's name: a digest of all it consists of."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()[:24]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return dataclasses.asdict(self)

    @staticmethod
    def from_json(data: dict[str, Any]) -> Unit:
        """The inverse of :meth:`to_json`, also after a journey through JSON text."""
        blueprint = {**data["blueprint"], "hidden": tuple(data["blueprint"]["hidden"])}
        return Unit(**{**data, "blueprint": Blueprint(**blueprint), "tasks": tuple(data["tasks"]),
                       "mutants": tuple(data["mutants"])})
