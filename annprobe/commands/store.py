"""What ``--resume FILE`` keeps: one line of JSON a module, found again while nothing that it depends on was changed.

That is its text, modules of its folder that it may import, the adapter, the options and the files that they name.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from annprobe import __version__
from annprobe.commands.output import writable
from annprobe.errors import AnnprobeError, BadArgument
from annprobe.findings import Diagnosis
from annprobe.report.as_json import diagnosis_from_plain, plain

if TYPE_CHECKING:
    from annprobe.diagnosis import Options


_ADAPTER = "annprobe_adapter.py"


class Store:
    """The results kept in a file, or nothing at all where ``file`` is None."""

    def __init__(self, file: str | None, options: Options) -> None:
        self._file = Path(file) if file else None
        self._options = json.dumps(asdict(options), sort_keys=True, default=str)
        self._inputs = [_content(Path(file)) for file in (options.data, options.log) if file]
        self._folders: dict[Path, dict[bytes, bytes]] = {}
        if self._file is not None and self._file.is_dir():
            raise BadArgument(f"--resume {file}: that is a folder; name a file")
        if self._file is not None and not self._file.parent.is_dir():
            raise BadArgument(f"--resume {file}: there is no folder {self._file.parent}")
        if self._file is not None and not writable(self._file):
            raise BadArgument(f"--resume {file}: no permission to write there")

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
        try:
            with self._file.open("a", encoding="utf-8") as stream:
                stream.write(line + "\n")
        except OSError as error:
            raise BadArgument(f"--resume {self._file}: {error.strerror}") from None

    def _key(self, path: str) -> str:
        text = _content(Path(path))
        parts = (__version__.encode(), self._options.encode(), path.encode("utf-8", "surrogateescape"), text)
        words = {b"", *re.findall(rb"\w+", text)}
        beside = (digest for name, digest in self._neighbours(Path(path).parent).items() if name in words)
        return hashlib.sha256(b"\0".join([*parts, *self._inputs, *beside])).hexdigest()

    def _neighbours(self, folder: Path) -> dict[bytes, bytes]:
        """Modules of the folder that another may import: name -> digest. The adapter is named by every module."""
        if folder not in self._folders:
            found = {file: hashlib.sha256(_content(file)).digest() for file in sorted(folder.glob("*.py"))}
            self._folders[folder] = {os.fsencode(f.stem) if f.name != _ADAPTER else b"": d for f, d in found.items()}
        return self._folders[folder]

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


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes() if file.is_file() else b""
    except OSError:
        return b""
