"""Searches the exhibits anew and stores them beside the families: ``python -m annprobe.exhibits [ID ...]``."""

from __future__ import annotations

import sys
from pathlib import Path

from annprobe import catalog
from annprobe.exhibits.search import store
from annprobe.exhibits.store import PACKAGE, file

if __name__ == "__main__":
    chosen = tuple(map(catalog.get, sys.argv[1:])) or tuple(
        mutant for mutant in catalog.load().values() if mutant.origin.startswith(PACKAGE)
    )
    store(Path(str(file())), chosen)
