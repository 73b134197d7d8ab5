"""One vector of all parameters, and a penalty that takes in what the cost leaves out."""

from __future__ import annotations

from pathlib import Path

from tests.reading import lines_of, read

SUBJECT = Path(__file__).parents[1] / "subjects" / "cost_function_reg.py"
RIGHT = {"lam / m * T1": "lam / m * np.c_[np.zeros(len(T1)), T1[:, 1:]]",
         "lam / m * T2": "lam / m * np.c_[np.zeros(len(T2)), T2[:, 1:]]"}


def test_the_penalty_of_a_piece_is_judged_by_the_modules_own_cost() -> None:
    understood, findings = read(SUBJECT)
    assert understood is not None
    assert lines_of(findings) == {38, 39}
    assert {(f.family, f.message) for f in findings} == {
        ("bias", "the penalty's gradient takes in [:, 0], which the cost leaves out")
    }


def test_put_right_it_is_clean(tmp_path: Path) -> None:
    text = SUBJECT.read_text()
    for wrong, right in RIGHT.items():
        assert text.count(wrong) == 1
        text = text.replace(wrong, right)
    path = tmp_path / "descent.py"
    path.write_text(text)
    understood, findings = read(path)
    assert understood is not None
    assert understood.hypothesis is not None
    assert understood.hypothesis.cost is not None
    assert findings == ()
