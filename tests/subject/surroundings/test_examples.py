"""Examples in every form."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from annprobe.subject.surroundings.examples import Form, examples, forms


@pytest.mark.parametrize("form", forms(2) + forms(1), ids=str)
def test_every_form_holds_the_same_examples(form: Form) -> None:
    for widths in ((3, 2), (3, 1)):
        rows = examples(Form(), widths)
        assert np.allclose(sorted(_numbers(examples(form, widths), "X")), sorted(rows["X"].ravel()))


def _numbers(made: dict[str, Any], name: str) -> list[float]:
    def flat(value: Any) -> Iterator[float]:
        if np.ndim(value):
            for item in value:
                yield from flat(item)
        else:
            yield float(value)

    if "data" in made:
        rows = made["data"]
        return [v for row in rows for v in flat(row[0] if isinstance(row, tuple) else row[:-1])]
    return list(flat(made[name]))


def test_made_examples_are_distinct_and_hold_all_classes() -> None:
    made = examples(Form(), (3, 2))
    assert len({tuple(row) for row in made["X"]}) == 7
    assert made["Y"].sum(axis=1).tolist() == [1.0] * 7
    assert (np.abs(made["X"]) >= 0.1).all()
