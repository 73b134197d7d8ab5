"""Sums over the steps of a sequence: the state of the wrong step, the first of which is zero."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.diagnosis.observing.options import Options
from annprobe.diagnosis.pipeline import diagnose
from tests.reading import lines_of, read

SUBJECT = Path(__file__).parents[1] / "subjects" / "elman_net.py"


def test_the_state_of_another_step_is_named() -> None:
    _, findings = read(SUBJECT)
    assert [(f.family, f.message) for f in findings] == [("layer-index", "h[k] is used where h[t-1] is needed")]
    assert lines_of(findings) == {36}


@pytest.mark.parametrize("cost", ["return self.error(x, t)", "return None"])
def test_put_right_it_is_clean(cost: str, tmp_path: Path) -> None:
    text = SUBJECT.read_text().replace("np.outer(h[k], delta)", "np.outer(h[k-1], delta)")
    path = tmp_path / "net.py"
    path.write_text(text.replace("return self.error(x, t)", cost))
    assert read(path)[1] == ()


def test_lines_of_annprobes_own_usage_are_in_no_listing(tmp_path: Path) -> None:
    path = tmp_path / "layers.py"
    path.write_text((Path(__file__).parents[1] / "right" / "handed_weights.py").read_text())
    diagnosis = diagnose(path, options=Options(effort="quick"))
    lines = path.read_text().splitlines()
    told = [lines[row.line - 1].strip() for row in diagnosis.listing]
    assert told
    assert not any(line.startswith(("class ", "import ", "def __init__")) or not line for line in told)
