"""No code fires on right networks that are trained sensibly (in full: ``python -m tests.right_networks``)."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.diagnosis import Options, diagnose

from ..right_networks import source_of


@pytest.mark.parametrize("seed", range(12))
def test_a_right_network_comes_out_clean(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "right.py"
    path.write_text(source_of(seed))
    diagnosis = diagnose(path, options=Options())
    assert [(f.code, f.message) for f in diagnosis.findings] == []
    assert diagnosis.verdict == "clean"
