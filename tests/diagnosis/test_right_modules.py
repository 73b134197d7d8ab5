"""Right networks of many kinds, written as people write them: nothing is accused, and each is understood."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reading import read

FOLDER = Path(__file__).parent.parent / "right"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_a_right_module_is_understood_and_clean(path: Path) -> None:
    understood, findings = read(path)
    assert understood is not None
    assert not understood.missing
    assert findings == ()
    assert understood.hypothesis is not None
    assert understood.hypothesis.right == len(understood.hypothesis.judged)
