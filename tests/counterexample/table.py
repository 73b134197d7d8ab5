"""The smallest counter-examples of a folder of modules with known faults: ``python -m tests.counterexample.table``.

For every module whose gradient is wrong: how many units the example has, and whether its lines, run in a fresh
interpreter, print the numbers that the report shows; beside it the processor seconds of the whole diagnosis.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import statistics
from collections import Counter
from pathlib import Path

from annprobe.counterexample.sizes import MOST_UNITS
from annprobe.diagnosis import Options, diagnose
from annprobe.errors import AnnprobeError
from annprobe.findings import Diagnosis

from .pasted import printed_by

SUBJECTS = Path(__file__).parent.parent / "subjects"


def processor_seconds() -> float:
    """Of this process and of all its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def outcome(diagnosis: Diagnosis, folder: Path) -> str:
    """What became of the counter-example, in a word or two."""
    example = diagnosis.counterexample
    if example is None:
        return "none" if any(f.code.startswith("AP3") for f in diagnosis.findings) else "no gradient fault found"
    if sum(example.architecture) > MOST_UNITS:
        return "too large"
    if example.script is None:
        return "no lines"
    try:
        pair = printed_by(example.script, folder)
    except (ValueError, TimeoutError) as error:
        return f"lines fail: {str(error).strip().splitlines()[-1:]}"
    same = all(math.isclose(a, b, rel_tol=1e-4, abs_tol=1e-6)
               for a, b in zip(pair, (example.user, example.true), strict=True))  # fmt: skip
    return "same numbers" if same else f"other numbers {pair} for {example.user, example.true}"


def main() -> None:
    """Print a line a module, then the counts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="modules of the folder; without any, those with a wrong gradient")
    parser.add_argument("--folder", type=Path, default=SUBJECTS)
    parser.add_argument("--effort", default="normal")
    chosen = parser.parse_args()
    truths = json.loads((chosen.folder / "truth.json").read_text("utf-8"))
    names = chosen.names or [t["file"] for t in truths if t.get("gradient_wrong")]
    counts: Counter[str] = Counter()
    seconds = []
    for name in names:
        path, before = chosen.folder / name, processor_seconds()
        try:
            diagnosis = diagnose(path, options=Options(effort=chosen.effort))
        except AnnprobeError as error:
            print(f"{name:28} {error}", flush=True)
            continue
        seconds.append(processor_seconds() - before)
        said = outcome(diagnosis, path.parent)
        counts[said.split(" ")[0] if said.startswith(("other", "lines")) else said] += 1
        example = diagnosis.counterexample
        print(f"{name:28} {seconds[-1]:6.1f} s  {example.architecture if example else '-'!s:14} {said:24}",
              [f.code for f in diagnosis.findings], flush=True)  # fmt: skip
    print(dict(counts), f"processor seconds: median {statistics.median(seconds):.1f}, most {max(seconds):.1f}")


if __name__ == "__main__":
    main()
