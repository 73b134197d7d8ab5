"""What a call changed."""

from __future__ import annotations

import numpy as np

from annprobe.subject.running.state import compare, leaves


def test_changes_are_seen_inside_of_objects() -> None:
    class Unit:
        __slots__ = ("weights",)

        def __init__(self) -> None:
            self.weights = [0.5, 0.25]

    class Holder:
        def __init__(self) -> None:
            self.units = [Unit(), Unit()]
            self.table = {"W": np.zeros((2, 2))}
            self.self = self

    holder = Holder()
    before = leaves(holder)
    holder.units[1].weights[0] = 0.75
    holder.table["W"][0, 0] = 1
    assert set(compare(before, leaves(holder)).changed) == {".units[1].weights[0]", ".table['W']"}
