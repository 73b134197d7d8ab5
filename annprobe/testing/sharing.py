"""One diagnosis a module and run, also where several xdist workers collect the same module."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from annprobe.batch import diagnose_one
from annprobe.config import diagnosis_options
from annprobe.errors import AnnprobeError
from annprobe.findings import Diagnosis
from annprobe.report.as_json import diagnosis_from_json, report


def given_options(config: pytest.Config) -> dict[str, Any]:
    """The options of the command line, as settings."""
    return {"seed": config.getoption("annprobe_seed"), "effort": config.getoption("annprobe_effort")}


def shared_diagnosis(path: Path, config: pytest.Config) -> Diagnosis:
    """The diagnosis of a module with the options of the command line.

    The workers of one xdist run have to collect the same items: the first one diagnoses, the others read its result.
    Raises ``pytest.UsageError`` for options that make no sense.
    """
    try:
        options = diagnosis_options(given_options(config))
        if not hasattr(config, "workerinput"):
            return diagnose_one(str(path), options)
        file = Path(config.option.basetemp).parent / f"annprobe-{hashlib.sha256(bytes(path)).hexdigest()[:16]}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file.with_suffix(".lock")):
            if not file.exists():
                file.write_text(report(diagnose_one(str(path), options)), "utf-8")
            return diagnosis_from_json(file.read_text("utf-8"))
    except AnnprobeError as error:
        raise pytest.UsageError(str(error)) from None
