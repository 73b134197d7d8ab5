"""The whole way, nothing replaced: the bundled example through the command line, in every format."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib import resources
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import xmlschema

from annprobe.commands.targets import example_path
from annprobe.report import FORMATS

SCHEMAS = Path(__file__).parents[1] / "report" / "schemas"


def annprobe(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR")}
    return subprocess.run([sys.executable, "-m", "annprobe", *arguments], cwd=folder, capture_output=True, text=True,
                          check=False, timeout=120, env=environment | {"PYTHONIOENCODING": "utf-8"})


@pytest.fixture(scope="module")
def diagnosed(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """One diagnosis of a copy of the example, with a report in every format."""
    folder = tmp_path_factory.mktemp("example")
    (folder / "first_network.py").write_bytes(Path(example_path("first_network")).read_bytes())
    reports = [f"--report={form}:out.{form}" for form in FORMATS]
    return annprobe("diagnose", "first_network.py", *reports, folder=folder), folder


Diagnosed = tuple[subprocess.CompletedProcess[str], Path]


def test_it_exits_with_1_and_says_what_to_do_first(diagnosed: Diagnosed) -> None:
    done, _ = diagnosed
    assert done.returncode == 1
    assert done.stdout.startswith("Do this first: ")
    assert "Traceback" not in done.stderr


def test_it_finds_what_is_wrong_with_the_example(diagnosed: Diagnosed) -> None:
    _, folder = diagnosed
    data = json.loads((folder / "out.json").read_text("utf-8"))
    found = {finding["family"]: finding for finding in data["findings"]}
    assert {"scale", "checker", "learning-rate"} <= set(found)
    assert found["learning-rate"]["role"] == "cause"
    assert "self.weights[layer][place]" in found["checker"]["places"][0]["text"]
    source = (folder / "first_network.py").read_text("utf-8").splitlines()
    assert all(source[place["line"] - 1] in place["text"].splitlines()[0] for finding in found.values()
               for place in finding["places"])


def test_the_module_and_its_folder_are_left_as_they_were(diagnosed: Diagnosed) -> None:
    _, folder = diagnosed
    assert {file.name for file in folder.iterdir()} == {"first_network.py", *(f"out.{form}" for form in FORMATS)}
    assert (folder / "first_network.py").read_bytes() == Path(example_path("first_network")).read_bytes()


def test_every_report_is_what_its_format_says(diagnosed: Diagnosed) -> None:
    done, folder = diagnosed
    text = {form: (folder / f"out.{form}").read_text("utf-8") for form in FORMATS}
    assert text["text"] == done.stdout
    shipped = resources.files("annprobe.report").joinpath("schemas", "diagnosis.schema.json")
    schema: Any = json.loads(shipped.read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(text["json"]))
    sarif: Any = json.loads((SCHEMAS / "sarif-2.1.0.json").read_text("utf-8"))
    jsonschema.Draft4Validator(sarif).validate(json.loads(text["sarif"]))
    xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd").validate(ET.fromstring(text["junit"]))
    assert text["html"].lstrip().startswith("<!doctype html>")
    assert all(line.startswith("::") for line in text["github"].splitlines())


@pytest.mark.parametrize(("name", "source", "says"), [
    ("syntax.py", "def f(:\n", "syntax.py, line 1"),
    ("empty.py", "", "empty.py"),
    ("leaves.py", "import os\nos._exit(3)\n", "leaves.py"),
])
def test_what_cannot_be_diagnosed_is_one_message_and_exit_2(tmp_path: Path, name: str, source: str, says: str) -> None:
    (tmp_path / name).write_text(source)
    done = annprobe("diagnose", name, "--effort", "quick", folder=tmp_path)
    assert done.returncode == 2
    assert says in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
