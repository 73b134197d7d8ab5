"""Partial results: a file for each finished unit, under the unit's name. What is there need not be run again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from annprobe.errors import BadArgument
from annprobe.survey.units import Unit

FOLDER = "survey-partial"


class Store:
    """The partial results in a folder, made where it does not exist. Raises :class:`BadArgument` where it cannot be."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadArgument(f"partial results cannot be kept in {folder}: {error.strerror}") from error

    def _file(self, unit: Unit) -> Path:
        return self.folder / f"{unit.name}.json"

    def load(self, unit: Unit) -> dict[str, Any] | None:
        """The result of a unit; None if it is not there, or was cut short when it was written."""
        try:
            result: dict[str, Any] = json.loads(self._file(unit).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return result if result.get("unit") == json.loads(json.dumps(unit.to_json())) else None

    def kept(self, units: Iterable[Unit]) -> int:
        """How many of these units have a result here."""
        return sum(self._file(unit).exists() for unit in units)

    def save(self, unit: Unit, result: dict[str, Any]) -> None:
        """Keep a result: under its name only when it is whole."""
        unfinished = self._file(unit).with_suffix(f".{os.getpid()}.unfinished")
        unfinished.write_text(json.dumps(result), "utf-8")
        unfinished.replace(self._file(unit))

    def forget(self, units: Iterable[Unit]) -> None:
        """Remove the results of these units, and the folder if nothing else is in it."""
        for unit in units:
            self._file(unit).unlink(missing_ok=True)
        if self.folder.exists() and not any(self.folder.iterdir()):
            self.folder.rmdir()
