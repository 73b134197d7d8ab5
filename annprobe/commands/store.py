"""What ``--resume FILE`` keeps: one line of JSON a module, found again while its text and the options are the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from annprobe import __version__
from annprobe.errors import AnnprobeError, BadArgument
from annprobe.findings import Diagnosis
from annprobe.report.as_json import diagnosis_from_plain, plain

if TYPE_CHECKING:
    from annprobe.diagnosis import Options


class Store:
    """The results kept in a file, or nothing at all where ``file`` is None."""

    def __init__(self, file: str | None, options: Options) -> None:
        self._file = Path(file) if file else None
        self._options = json.dumps(asdict(options), sort_keys=True, default=str)
        if self._file is not None and not self._file.parent.is_dir():
            raise BadArgument(f"--resume {file}: there is no folder {self._file.parent}")

    def known(self, paths: Iterable[str]) -> dict[str, Diagnosis]:
        """The modules among ``paths`` whose result is kept and still holds."""
        kept = self._read()
        keys = {path: self._key(path) for path in paths}
        return {path: kept[key] for path, key in keys.items() if key in kept}

    def add(self, path: str, diagnosis: Diagnosis) -> None:
        """Keep one more result, at once: an interrupted run loses only what was under way."""
        if self._file is None:
            return
        line = json.dumps({"key": self._key(path), "diagnosis": plain(diagnosis)})
        with self._file.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")

    def _key(self, path: str) -> str:
        try:
            text = Path(path).read_bytes()
        except OSError:
            text = b""
        parts = (__version__.encode(), self._options.encode(), path.encode("utf-8", "surrogateescape"), text)
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def _read(self) -> dict[str, Diagnosis]:
        if self._file is None or not self._file.exists():
            return {}
        found: dict[str, Diagnosis] = {}
        for line in self._file.read_text("utf-8", "replace").splitlines():
            try:
                entry = json.loads(line)
                found[entry["key"]] = diagnosis_from_plain(entry["diagnosis"])
            except (ValueError, KeyError, TypeError, AnnprobeError):
                continue  # the line that an interrupted run left half written
        return found
