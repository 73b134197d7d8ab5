"""What is on disk is what is shipped."""

from __future__ import annotations

import fnmatch
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETUPTOOLS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]


def test_every_package_is_declared() -> None:
    folders = {file.parent for file in (ROOT / "annprobe").rglob("*") if file.is_file() and file.suffix != ".pyc"}
    on_disk = {".".join(folder.relative_to(ROOT).parts) for folder in folders}
    assert set(SETUPTOOLS["packages"]) == on_disk | {"annprobe.mutants"}


def test_every_python_file_lies_in_a_package() -> None:
    folders = {file.parent for file in (ROOT / "annprobe").rglob("*.py")}
    assert [folder for folder in folders if not (folder / "__init__.py").exists()] == []


def test_every_data_file_is_declared() -> None:
    data = SETUPTOOLS["package-data"]
    missing = []
    for file in (ROOT / "annprobe").rglob("*"):
        if file.is_dir() or file.suffix in (".py", ".pyc"):
            continue
        packages = [(name, ROOT.joinpath(*name.split("."))) for name in data]
        if not any(file.is_relative_to(folder) and fnmatch.fnmatch(file.relative_to(folder).as_posix(), pattern)
                   for name, folder in packages for pattern in data[name]):
            missing.append(str(file.relative_to(ROOT)))
    assert missing == []
