"""Two faults in one module: each hides the other until it is put right on the tape."""

from __future__ import annotations

from pathlib import Path

import pytest

from annprobe.diagnosis.observing.observation import observe
from annprobe.diagnosis.observing.options import Options
from annprobe.listing.rounds import looks
from annprobe.listing.scene import Scene
from annprobe.subject.reading.source import read_source
from tests.listing.pairs import Pair
from tests.listing.planting import plants
from tests.reading import read

PAIRS = [
    ("functions", "li-delta-weights-own", "li-deriv-layer-above"),
    ("functions", "ad-twice-hidden", "dr-uses-weight-grad"),
    ("column", "bs-slice-last", "gp-uses-weight"),
    ("column", "dr-sign", "gp-uses-slope"),
    ("accumulate", "li-delta-weights-last", "gp-rolled"),
    # a wrong derivative function, and a fault in a line that calls it
    ("examples", "ad-twice-hidden", "tr-delta-w"),
    ("examples", "ad-twice-hidden", "ld-plus"),
    ("examples", "ad-only-a", "up-order"),
    # an error put right but for a constant: signs are compared all the same
    ("examples", "ld-plus", "sg-update"),
    # what seems to be usual comes of one statement
    ("examples", "dr-mean-neurons", "gp-uses-weight"),
    ("examples", "tr-grad", "up-lr-twice"),
    # an operand that the forward pass made and never used
    ("examples", "li-grad-activation-next", "ld-no-target"),
    # sums over the passes of a loop, of errors that were wrong
    ("accumulate", "ld-mean-error", "rd-last-sample"),
    ("accumulate", "ad-twice-hidden", "rd-last-sample"),
    ("accumulate", "bs-grad-sum", "rd-last-sample"),
    # another loss than the module's own fits one layer
    ("column", "ad-twice-hidden", "ld-error-sign"),
    ("layers", "ld-abs", "dr-uses-weight-grad"),
    # errors that are right for another value than the one they are used for
    ("column", "bs-grad-zero", "ad-missing-hidden"),
    ("column", "ld-error-sign", "gp-uses-weight"),
    ("layers", "dr-no-weights", "gp-rolled"),
    # errors against other targets than the module's cost has
    ("pure", "ld-first-target", "bs-times-bias"),
    # nothing has an explanation, and all that the lines start from is right
    ("layers", "bs-grad-first-sample", "gp-uses-weight"),
]


def planted(style: str, *mutants: str) -> Pair:
    first, second = (next(p for p in plants(style) if p.mutant == mutant) for mutant in mutants)
    return Pair(first, second)


@pytest.mark.parametrize(("style", "first", "second"), PAIRS)
def test_both_lines_are_accused_and_no_third(style: str, first: str, second: str, tmp_path: Path) -> None:
    pair = planted(style, first, second)
    module = tmp_path / "net.py"
    module.write_text(pair.text())
    _, findings = read(module)
    lines = {place.line for f in findings for place in f.places[:1]}
    ours, theirs = pair.lines()
    assert lines & ours
    assert lines & theirs
    assert lines <= ours | theirs


@pytest.mark.parametrize("style", ["functions", "column", "layers", "script"])
def test_what_is_put_right_leaves_a_right_gradient(style: str, tmp_path: Path) -> None:
    module = tmp_path / "net.py"
    fault = next(p for p in plants(style) if p.mutant.startswith(("li-delta", "ad-twice")))
    module.write_text(fault.text())
    _, understanding = observe(read_source(module), Options(effort="quick"))
    assert understanding is not None
    assert understanding.hypothesis is not None
    found = looks(Scene(understanding, understanding.hypothesis))
    assert not all(judged.right for judged in found[0].scene.hypothesis.judged)
    assert all(judged.right for judged in found[-1].scene.hypothesis.judged)
    assert found[-1].pairs == []
