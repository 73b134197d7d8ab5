"""Runs the module on the tape in the child: its own usage or one made by calling, and what the tape says of it."""

from __future__ import annotations

import dataclasses
from typing import Literal, cast

from annprobe.diagnosis.observing.examples_file import load_examples
from annprobe.diagnosis.observing.options import Options
from annprobe.diagnosis.observing.probing import task_data
from annprobe.subject.making.hints import Hints
from annprobe.subject.reading.source import Source
from annprobe.subject.running.outcome import Outcome
from annprobe.subject.search import Found, find_usage
from annprobe.subject.understand import enough, understand
from annprobe.subject.understanding import Understanding
from annprobe.subject.usage import MadeUsage
from annprobe.tape import Budget, Recorder, Tape
from annprobe.tape.places import Places
from annprobe.tape.places import Source as TextSource

_DOUBTFUL = 0.7
_BUILD = 5.0  # seconds for a network of another architecture (four tenths of them to find out how)


def observe(
    source: Source, options: Options, prefer: Literal["own", "made"] = "own"
) -> tuple[Found | None, Understanding | None]:
    """Run the module's own usage, or one made by calling, and read the roles off the tape."""
    understood: dict[int, Understanding] = {}
    texts: dict[int, dict[str, TextSource]] = {}

    def recorder(sources: dict[str, TextSource]) -> Recorder:
        made = Recorder(
            set(),
            Budget(nodes=120_000, seconds=options.budgets()[0]),
            satisfied=lambda tape: enough(tape, Places(tape, sources)),
        )
        texts[id(made.tape)] = sources
        return made

    def judge(tape: Tape, outcome: Outcome) -> float:
        found = understand(tape, Places(tape, texts[id(tape)]), options.seed)
        understood[id(tape)] = found
        return score(found)

    found = find_usage(
        source,
        recorder,
        judge,
        seconds=options.budgets()[0],
        sizes=options.widths(),
        command=options.run,
        prefer=prefer,
        hints=_hints(options),
    )
    return found, understood.get(id(found.recorder.tape)) if found is not None else None


def build(source: Source, options: Options, sizes: tuple[int, ...]) -> Understanding | None:
    """The module's network in another architecture, understood; None where it does not let itself be built so."""
    wanted = dataclasses.replace(options, sizes=",".join(map(str, sizes)), run=None, data=None, seconds=_BUILD)
    found, understanding = observe(source, wanted, "made")
    made = found.usage.program.sizes if found is not None and isinstance(found.usage, MadeUsage) else None
    return understanding if made is not None and tuple(made) == sizes else None


def unheard(found: Found, options: Options) -> tuple[str, ...]:
    """What the user asked for and did not get, in words for the notes."""
    said = []
    program = found.usage.program if isinstance(found.usage, MadeUsage) else None
    asked = options.widths()
    if asked is not None and (program is None or program.sizes is None or tuple(program.sizes) != asked):
        said.append(f"--sizes {options.sizes} is not used: no network of these widths could be made with the module")
    if options.task is not None and (program is None or task_data(found.recorder.tape, options.task) is None):
        why = "the module trains on data of its own" if program is None else "its network does not take such examples"
        said.append(f"--task {options.task} is not used: {why}")
    if options.data is not None and (program is None or program.data is None):
        said.append(f"--data {options.data} is not used: no way to hand its examples to the module was found")
    return tuple(said)


def _hints(options: Options) -> Hints:
    """The names and examples that the user gave."""
    layout = cast("Literal['rows', 'columns', 'example'] | None", options.layout)
    data = load_examples(options.data) if options.data is not None else None
    return Hints(options.network, options.forward, options.gradient, options.cost, layout, data)


def score(found: Understanding) -> float:
    """How surely the tape shows training: 1 when every role was found, less the more is missing.

    Where no gradient fits at all, another call of the module may show more.
    """
    if found.missing:
        return {"update": 0.0, "targets": 0.3, "step": 0.2, "cost": 0.5}.get(found.missing, 0.1)
    return 1.0 if any(hypothesis.right for hypothesis in found.tried) else _DOUBTFUL
