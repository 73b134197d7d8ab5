"""The house: a room imports only from floors below its own; the doors are thin and quick."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "annprobe"
FLOORS = {
    0: {"errors", "findings", "patience"},
    1: {"engine", "gradcheck", "tape"},
    2: {"subject", "symptoms", "catalog", "strategies", "exhibits", "mutants"},
    3: {"listing", "decoder", "survey"},
    4: {"repair", "counterexample", "forensics", "training"},
    5: {"diagnosis"},
    6: {"report", "config", "ignores", "batch"},
    7: {"cli", "commands", "pytest_plugin", "testing", "notebook", "sources", "hypothesis_entry", "__init__",
        "__main__"},
}
FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
# a room may name another of its floor where the reason stands here
NEIGHBOURS = {
    ("strategies", "catalog"),  # strategies.mutants() draws from the catalogue, imported when it is asked for
    ("catalog", "exhibits"),  # a mutant's description shows its stored exhibit
    ("exhibits", "catalog"), ("exhibits", "strategies"),  # the search for exhibits
    ("batch", "ignores"), ("batch", "report"),  # a worker hands its diagnosis back as the report's JSON
}


def imports(file: Path) -> Iterator[tuple[int, str]]:
    """Line and room of every import of annprobe in a file, also inside functions."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            assert node.level == 0, f"{file}:{node.lineno}: relative import"
            names = [f"{node.module}.{alias.name}" if node.module == "annprobe" else str(node.module)
                     for alias in node.names]
        for name in names:
            if name.startswith("annprobe."):
                yield node.lineno, name.split(".")[1]


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def wrong_imports(package: Path) -> list[str]:
    bad = []
    for file in sorted(package.rglob("*.py")):
        here = file.relative_to(package).parts[0].removesuffix(".py")
        if here == "examples":
            continue
        for line, there in imports(file):
            if there.startswith("__") or there == here:
                continue  # annprobe.__version__
            if FLOOR_OF[there] >= FLOOR_OF[here] and here not in FLOORS[7] and (here, there) not in NEIGHBOURS:
                bad.append(f"{file.relative_to(package)}:{line}: {here} (floor {FLOOR_OF[here]}) imports "
                           f"{there} (floor {FLOOR_OF[there]})")
    return bad


def test_every_room_has_a_floor() -> None:
    rooms = {room_of(file) for file in PACKAGE.rglob("*.py")} - {"examples"}
    assert rooms <= set(FLOOR_OF)


def test_no_room_imports_from_its_own_floor_or_above() -> None:
    assert wrong_imports(PACKAGE) == []


def test_that_a_wrong_import_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "tape").mkdir()
    (tmp_path / "tape" / "nodes.py").write_text("def f():\n    from annprobe.report import render\n")
    assert wrong_imports(tmp_path) == ["tape/nodes.py:2: tape (floor 1) imports report (floor 6)"]


def test_only_the_catalogue_names_the_mutants() -> None:
    importers = {room_of(file) for file in PACKAGE.rglob("*.py") if any(room == "mutants" for _, room in imports(file))}
    assert importers <= {"catalog"}


def test_every_folder_of_code_is_in_the_wheel() -> None:
    settings = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))
    folders = {file.parent.relative_to(PACKAGE.parent) for file in PACKAGE.rglob("*.py")}
    assert {".".join(folder.parts) for folder in folders} <= set(settings["tool"]["setuptools"]["packages"])


def test_every_file_is_small() -> None:
    long = {str(file.relative_to(PACKAGE)): len(file.read_text("utf-8").splitlines())
            for file in PACKAGE.rglob("*.py")}
    assert {name: lines for name, lines in long.items() if lines > 350} == {}


def parts(package: Path) -> dict[str, set[str]]:
    """For every folder inside a room, the folders of the same room that it imports from."""
    found: dict[str, set[str]] = {}
    for file in package.rglob("*.py"):
        here = ".".join(("annprobe", *file.parent.relative_to(package).parts))
        room = ".".join(here.split(".")[:2])
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and f"{node.module}.".startswith(f"{room}."):
                inside = package.joinpath(*node.module.split(".")[1:]).is_dir()
                found.setdefault(here, set()).add(node.module if inside else node.module.rpartition(".")[0])
    return {here: there - {here} for here, there in found.items()}


def test_the_parts_of_a_room_import_one_way() -> None:
    order = TopologicalSorter(parts(PACKAGE))
    order.prepare()  # raises CycleError


def test_that_a_circle_would_be_seen(tmp_path: Path) -> None:
    for name, other in (("links", "truth"), ("truth", "links")):
        (tmp_path / "subject" / name).mkdir(parents=True)
        (tmp_path / "subject" / name / "a.py").write_text(f"from annprobe.subject.{other} import a\n")
    with pytest.raises(CycleError):
        TopologicalSorter(parts(tmp_path)).prepare()
