"""Sets of objects are walked in one order, run after run; hashes that a class defines are its own."""

from __future__ import annotations

from pathlib import Path

from annprobe.subject.reading.source import read_source
from annprobe.subject.running.execute import execute

TEXT = """
class Thing:
    pass

class Named:
    def __init__(self, name):
        self.name = name
    def __hash__(self):
        return hash(len(self.name))
    def __eq__(self, other):
        return self.name == other.name

padding = [[object() for _ in range({waste})] for _ in range(50)]
things = [Thing() for _ in range(40)]
order = [things.index(thing) for thing in {{*things[20:], *things[:20]}}]
equal = len({{Named("a"), Named("a"), Named("b")}})
plain = vars(Thing())
"""


def test_the_order_of_a_set_is_the_same_in_every_run(tmp_path: Path) -> None:
    orders = []
    for waste in (1, 37, 1_000):
        path = tmp_path / f"things_{waste}.py"
        path.write_text(TEXT.format(waste=waste))
        outcome = execute(read_source(path))
        assert outcome.ended == "completed", outcome.message
        orders.append(outcome.namespace["order"])
        assert outcome.namespace["equal"] == 2
        assert outcome.namespace["plain"] == {}
    assert orders[0] == orders[1] == orders[2]
