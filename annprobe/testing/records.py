"""Where a test item keeps the diagnoses that were made in it, for the reports."""

from __future__ import annotations

from typing import Any

import pytest

RECORDED: pytest.StashKey[list[dict[str, Any]]] = pytest.StashKey()
