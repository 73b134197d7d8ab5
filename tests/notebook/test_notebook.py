"""``annprobe.diagnose`` takes what is at hand, and its result shows itself."""

from __future__ import annotations

import json
import pickle
import types
from pathlib import Path
from typing import Any

import pytest

import annprobe
import annprobe.diagnosis
from annprobe.errors import BadArgument
from annprobe.findings import Diagnosis, Place, SubjectFacts
from tests.cli.conftest import Options
from tests.report.samples import FULL

SEEN: list[tuple[str, Any, str]] = []


@pytest.fixture(autouse=True)
def noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The diagnosis notes what it was asked about."""

    def diagnose(path: str, *, options: Any, progress: Any = None) -> Diagnosis:
        SEEN.append((path, options, Path(path).read_text()))
        from dataclasses import replace

        finding = replace(FULL.findings[0], places=(Place(path, 1),))
        return replace(FULL, subject=SubjectFacts(path), findings=(finding,), seed=options.seed)

    SEEN.clear()
    monkeypatch.setattr(annprobe.diagnosis, "diagnose", diagnose, raising=False)
    monkeypatch.setattr(annprobe.diagnosis, "Options", Options, raising=False)


class Net:
    def forward(self) -> int:
        return 1


def test_a_path_a_module_a_class_and_an_object(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("x = 1\n")
    module = types.ModuleType("net")
    module.__file__ = str(file)
    for target in (file, str(file), module, Net, Net(), Net.forward):
        annprobe.diagnose(target, seed=4)
    assert [Path(path).name for path, _, _ in SEEN] == ["net.py"] * 3 + ["test_notebook.py"] * 3
    assert [options.network for _, options, _ in SEEN] == [None] * 3 + ["Net", "Net", "Net"]
    assert {options.seed for _, options, _ in SEEN} == {4}


def test_a_class_without_a_file_is_named_after_itself() -> None:
    class Local:
        def forward(self) -> int:
            return 2

    found = annprobe.diagnose(Local)
    assert SEEN[0][2].strip().startswith("class Local:")
    assert not Path(SEEN[0][0]).exists()
    assert (found.subject.path, found.findings[0].places[0].file) == ("<Local>", "<Local>")


@pytest.mark.parametrize(("target", "options", "says"), [
    (Net, {"sed": 3}, "unknown option 'sed'"), (Net, {"seed": "x"}, "--seed: 'x' is not a whole number"),
    ("nowhere.py", {}, "there is no file"), (types.ModuleType("empty"), {}, "has no file"), (3, {}, "int"),
])
def test_what_makes_no_sense_is_refused(target: Any, options: dict[str, Any], says: str) -> None:
    with pytest.raises(BadArgument, match=says):
        annprobe.diagnose(target, **options)


def test_it_shows_itself() -> None:
    found = annprobe.diagnose(Net)
    assert repr(found).startswith("<Diagnosis of tests/notebook/test_notebook.py: faulty, 1 finding: 1 cause>") or \
        "test_notebook.py: faulty, 1 finding: 1 cause>" in repr(found)
    assert str(found).startswith("Do this first")
    assert "<table>" in (found._repr_html_() or "")
    assert "### 1. AP401" in found._repr_markdown_()


def test_without_the_extra_a_notebook_shows_markdown(monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert annprobe.diagnose(Net)._repr_html_() is None


def test_it_is_a_diagnosis_like_any_other() -> None:
    found = annprobe.diagnose(Net)
    assert isinstance(found, annprobe.Diagnosis)
    assert pickle.loads(pickle.dumps(found)) == found
    assert Diagnosis.from_json(json.loads(json.dumps(found.to_json()))).findings == found.findings


def test_every_public_name_loads() -> None:
    for name in annprobe.__all__:
        assert getattr(annprobe, name) is not None
    assert set(dir(annprobe)) == set(annprobe.__all__)
    with pytest.raises(AttributeError, match="no attribute 'diagnos'"):
        _ = annprobe.diagnos
