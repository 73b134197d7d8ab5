"""A survey as a process of its own, to be killed: prints how many units it ran."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from annprobe.survey.conduct import conduct
from annprobe.survey.reports import write
from annprobe.survey.store import FOLDER, Store
from annprobe.survey.workers import in_process
from tests.survey.small import campaign


def main(out: Path, resume: bool) -> None:
    """Run the small campaign."""
    results = conduct(campaign(), in_process, Store(out / FOLDER), resume)
    write(results, out)
    print(json.dumps({"ran": results.ran}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--resume" in sys.argv)
