"""What the child sends to the parent, piece by piece, as plain data."""

from __future__ import annotations

import dataclasses
from typing import Any

from annprobe.findings import Finding


def plain(value: Any) -> Any:
    """A frozen value of findings.py (or a tuple of them) as plain data."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


class Report:
    """What goes to the parent, piece by piece, and what of it later pieces depend on."""

    def __init__(self, emit: Any) -> None:
        self._emit = emit
        self.said: dict[str, list[Any]] = {"findings": [], "symptoms": [], "checks": []}
        self.held: tuple[Finding, ...] = ()  # known before the gradient is judged, told after what is found there

    def part(self, field: str, value: Any) -> None:
        """A piece of the diagnosis; lists of one field are joined, others replace what was said before."""
        if field in self.said:
            self.said[field].extend(value)
        self._emit({"event": "part", "field": field, "value": plain(value)})

    def progress(self, text: str) -> None:
        """What is being done now."""
        self._emit({"event": "progress", "text": text})
