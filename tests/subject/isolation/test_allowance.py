"""What is asked for by mistake is refused; afterwards everything is as it was."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import numpy as np
import pytest

from annprobe.subject.isolation.allowance import little_memory
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.reading.source import read_source

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the limit is one of Linux")


def test_more_than_the_allowance_is_refused_and_less_is_not() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    with little_memory(256 << 20):
        assert np.ones(1 << 20).sum() == 1 << 20
        with pytest.raises(MemoryError):
            np.ones(1 << 27)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_a_limit_that_is_there_is_not_raised() -> None:
    before = resource.getrlimit(resource.RLIMIT_AS)
    with little_memory(512 << 20):
        tight = resource.getrlimit(resource.RLIMIT_AS)
        with little_memory(1 << 40):
            assert resource.getrlimit(resource.RLIMIT_AS) == tight
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_an_attempt_with_widths_that_make_gigabytes_fails_like_any_other(tmp_path: Path) -> None:
    text = "import numpy as np\ndef start(sizes):\n    return np.zeros(2 * 3 * sizes) + 1\n"
    (tmp_path / "large.py").write_text(text)
    workshop = Workshop(read_source(tmp_path / "large.py"), 5.0)
    attempt = workshop.attempt("p = start([3, 5, 2])", {})
    assert isinstance(attempt.error, MemoryError)
    assert workshop.attempt("p = start(1)", {}).worked
