"""Marks a folder of generated submissions from the shell and compares the table with what was planted. Run by hand:

    python -m tests.benchmarks.many_modules [--count 200] [--jobs 2] [--effort quick] [--seed 0] [--keep FOLDER]

``--keep`` is a folder for the submissions that were marked wrongly, each with what was planted and what was found.
"""

from __future__ import annotations

import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import click

from tests.benchmarks.submissions import FAULTS, Submission, submission


@dataclass(frozen=True)
class Marked:
    """One submission with its row of the table."""

    planted: Submission
    row: dict[str, str]

    def wrong(self) -> str:
        """What is wrong with the row; '' where it is right."""
        fault = FAULTS[self.planted.fault]
        if self.row["verdict"] != fault.verdict:
            return f"{self.row['verdict']} {self.row['family']}".strip()
        if fault.families and self.row["family"] not in fault.families:
            return self.row["family"]
        if fault.families and int(self.row["line"] or 0) not in self.planted.lines:
            return f"{self.row['family']}, another line"
        return ""


def mark(folder: Path, jobs: int, effort: str) -> tuple[list[dict[str, str]], float]:
    """The rows of the table that the command writes, and its time in seconds."""
    begin = time.perf_counter()
    command = [sys.executable, "-m", "annprobe", "diagnose", str(folder), "--jobs", str(jobs), "--effort", effort,
               "--report", f"csv:{folder / 'table.csv'}", "--report", f"json:{folder / 'table.json'}",
               "--resume", str(folder / "results.jsonl")]
    subprocess.run(command, check=False)
    with open(folder / "table.csv", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream)), time.perf_counter() - begin


def report(marked: list[Marked], keep: Path | None) -> None:
    """Right and wrong rows for each fault and style."""
    total = Counter((m.planted.fault, m.wrong()) for m in marked)
    print("\nplanted                    table                                  modules")
    for (fault, wrong), times in sorted(total.items()):
        print(f"{fault:26} {wrong or 'right':38} {times}")
    print(f"{sum(not m.wrong() for m in marked)} of {len(marked)} rows are right")
    for m in marked:
        if keep is not None and m.wrong():
            keep.mkdir(parents=True, exist_ok=True)
            said = f"# planted: {m.planted.fault}, lines {sorted(m.planted.lines)}\n# found: {m.row}\n"
            Path(keep, Path(m.row["module"]).name).write_text(m.planted.text + "\n" + said, "utf-8")


@click.command()
@click.option("--count", default=200)
@click.option("--jobs", default=os.cpu_count() or 1)
@click.option("--effort", default="quick")
@click.option("--seed", default=0)
@click.option("--keep", type=click.Path(path_type=Path))
def main(count: int, jobs: int, effort: str, seed: int, keep: Path | None) -> None:
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        planted = {f"student{i:03d}.py": submission(rng) for i in range(count)}
        for file, made in planted.items():
            (folder / file).write_text(made.text, "utf-8")
        rows, seconds = mark(folder, jobs, effort)
        report([Marked(planted[Path(row["module"]).name], row) for row in rows], keep)
        print(f"{len(rows)} rows, {count} modules, {seconds:.0f} s with {jobs} jobs: {seconds / count:.2f} s each")
        print(f"again with --resume: {mark(folder, jobs, effort)[1]:.1f} s")


if __name__ == "__main__":
    main()
