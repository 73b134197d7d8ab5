"""How well modules with known causes are diagnosed: ``python -m tests.score FOLDER_OR_MODULE... [--effort quick]``.

A folder holds modules and ``truth.json``: a list of {file, families, lines, ...}, one list of acceptable families per
cause; ``single_change_cures`` and ``patch`` (line -> group of edits), where they are there, say which edits alone cure
the training. Prints every module that is not diagnosed as known, then the counts. Exit code 1 when a healthy module
gets a finding.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from annprobe.diagnosis.observing.options import Options
from annprobe.diagnosis.pipeline import diagnose
from annprobe.errors import AnnprobeError
from annprobe.findings import Diagnosis

Truth = dict[str, Any]


@dataclass
class Marks:
    """Counts over all modules; ``roles`` are (agreeing, judged) single changes."""

    of: Counter[str] = field(default_factory=Counter)
    roles: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


def truths(paths: Sequence[str]) -> list[tuple[Path, Truth]]:
    """The modules of folders and single modules, each with what is known of it."""
    found = []
    for path in map(Path, paths):
        folder = next(f for f in (path, *path.parents) if (f / "truth.json").is_file())
        known = json.loads((folder / "truth.json").read_text("utf-8"))
        found += [(folder / t["file"], t) for t in known if path in (folder, folder / t["file"])]
    return found


def healthy(truth: Truth) -> bool:
    """Whether nothing is wrong with the module."""
    return not [family for cause in truth["families"] for family in cause]


def disagreeing_roles(truth: Truth, diagnosis: Diagnosis) -> Iterator[tuple[str, bool, str]]:
    """(group of edits, whether it alone cures, the role of what was found in its lines or of its family)."""
    lines: dict[str, set[int]] = {}
    for edit in truth.get("patch") or ():
        lines.setdefault(edit.get("group", "0"), set()).add(edit["line"])
    for group, cures in (truth.get("single_change_cures") or {}).items():
        roles = [
            finding.role
            for finding in diagnosis.findings
            if finding.family == group or {p.line for p in finding.places} & lines.get(group, set())
        ]
        if roles:
            yield group, bool(cures), "cause" if "cause" in roles else roles[0]


def mark(truth: Truth, diagnosis: Diagnosis, marks: Marks) -> str:
    """Count one diagnosis; returns what is not as known, '' when all is."""
    marks.of["modules"] += 1
    marks.of["undetermined"] += diagnosis.verdict in ("undetermined", "unusable")
    told = [(f.family, f.places[0].line if f.places else None, f.role) for f in diagnosis.findings]
    if healthy(truth):
        marks.of["healthy"] += 1
        marks.of["healthy clean"] += diagnosis.verdict == "clean"
        marks.of["healthy accused"] += bool(told)
        clean = diagnosis.verdict == "clean"
        return "" if clean else f"HEALTHY {diagnosis.verdict} {diagnosis.message[:80]} {told[:3]}"
    families = [family for cause in truth["families"] for family in cause]
    right = {
        "first family": bool(told) and told[0][0] in families,
        "any family": any(family in families for family, _, _ in told),
        "line": any(line in truth["lines"] for _, line, _ in told),
    }
    marks.of["faulty"] += 1
    marks.of.update({name: int(is_right) for name, is_right in right.items()})
    missed = [f"no {name}" for name, is_right in right.items() if not is_right]
    for group, cures, role in disagreeing_roles(truth, diagnosis):
        marks.roles["judged"] += 1
        marks.roles["agreeing"] += cures == (role == "cause")
        missed += [f"{group}: cures {cures}, role {role}"] if cures != (role == "cause") else []
    return f"{'; '.join(missed)} | {truth['families']} {truth['lines']} | {told[:3]}" if missed else ""


def main(arguments: Sequence[str]) -> int:
    """Diagnose everything and print the score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--effort", default="normal")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--healthy", action="store_true", help="healthy modules only")
    chosen = parser.parse_args(arguments)
    modules = [(path, t) for path, t in truths(chosen.paths) if healthy(t) or not chosen.healthy]
    marks = Marks()

    def one(path: Path) -> tuple[Diagnosis | None, str, float]:
        began = time.perf_counter()
        try:
            found = diagnose(path, options=Options(effort=chosen.effort))
        except AnnprobeError as error:
            return None, str(error), time.perf_counter() - began
        return found, "", time.perf_counter() - began

    with ThreadPoolExecutor(chosen.jobs) as pool:
        waiting = {pool.submit(one, path): (path, truth) for path, truth in modules}
        for future in as_completed(waiting):
            path, truth = waiting[future]
            diagnosis, error, seconds = future.result()
            marks.seconds.append(seconds)
            text = mark(truth, diagnosis, marks) if diagnosis is not None else f"FAILED {error}"
            if text:
                print(f"{path.name} ({seconds:.0f} s): {text}", flush=True)
    print(dict(marks.of), "roles", dict(marks.roles))
    print(f"seconds a module: median {statistics.median(marks.seconds):.1f}, most {max(marks.seconds):.1f}")
    return int(marks.of["healthy accused"] > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
