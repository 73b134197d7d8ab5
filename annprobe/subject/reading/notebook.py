"""The code cells of a Jupyter notebook, one after the other, with a map back to the cells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from annprobe.errors import UnusableModule

# cell magics whose body is Python and runs in the notebook's own namespace
_PYTHON_CELLS = frozenset({"time", "timeit", "capture", "prun", "python", "python3"})


@dataclass(frozen=True, slots=True)
class Cell:
    """``number`` counts all cells of the notebook from 1; ``first_line`` is its first line in the joined text."""

    number: int
    first_line: int


def code_of(text: str, name: str) -> tuple[str, tuple[Cell, ...]]:
    """The joined code and where each cell begins. Raises :class:`UnusableModule` for what is no notebook."""
    try:
        found = json.loads(text)
        sheets = [dict(cell) for cell in (found["cells"] if "cells" in found else found["worksheets"][0]["cells"])]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        raise UnusableModule(f"{name} is not a notebook: it holds no list of cells.") from None
    lines: list[str] = []
    cells: list[Cell] = []
    for number, cell in enumerate(sheets, start=1):
        if cell.get("cell_type") == "code":
            cells.append(Cell(number, len(lines) + 1))
            lines += [*_python_lines(cell), ""]
    if not any(line.strip() for line in lines):
        raise UnusableModule(f"{name} holds no code: all its cells are text.")
    return "\n".join(lines), tuple(cells)


def _python_lines(cell: dict[str, Any]) -> list[str]:
    content = cell.get("source", cell.get("input", ""))
    lines = ("".join(content) if isinstance(content, list) else str(content)).replace("\r\n", "\n").split("\n")
    if lines[0].startswith("%%") and lines[0][2:].split(" ")[0].strip() not in _PYTHON_CELLS:
        return [f"# {line}" for line in lines]  # a shell script, HTML, ...
    return lines
