"""Looks for a usage under which the module trains: each one is recorded, and the tape decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from annprobe.patience import patient_time
from annprobe.subject.making.hints import Hints
from annprobe.subject.making.workshop import Failure
from annprobe.subject.own_usage import OwnUsage
from annprobe.subject.reading.source import Source
from annprobe.subject.running.loops import LoopGuard
from annprobe.subject.running.outcome import Outcome
from annprobe.subject.surroundings.missing.data import DataGuess, first_guess
from annprobe.subject.surroundings.missing.growing import grow
from annprobe.subject.surroundings.missing.top_level import absent_data, guesses
from annprobe.subject.usage import MadeUsage, Usage, usages
from annprobe.tape import Recorder, Tape
from annprobe.tape.places import Source as TextSource

GOOD = 1.0  # a score from which no other usage is looked for
FAIR = 0.5  # a score from which only a few others are
_PATIENCE = 4  # how many
_MOST_GROWTHS = 4  # of missing data
_MOST_GUESSES = 8  # of what missing data look like

MakeRecorder = Callable[[dict[str, TextSource]], Recorder]
Judge = Callable[[Tape, Outcome], float]


@dataclass(frozen=True, slots=True)
class Found:
    """A usage, what became of its recorded run, and how well it was judged (0: nothing was seen to train).

    tried   descriptions of the usages that were recorded before, with their scores
    raised  the call that got furthest of those that raised in the module's own code: of the function that is called
            here, else of any; on distinct widths, so that a slip of axes or indices that equal widths hide is seen
    own_raised  of a made usage: how the module's own one ended, where that raised
    """

    usage: Usage
    outcome: Outcome
    recorder: Recorder
    score: float
    tried: tuple[tuple[str, float], ...] = ()
    raised: Found | None = None
    own_raised: Outcome | None = None


def find_usage(
    source: Source,
    make_recorder: MakeRecorder,
    judge: Judge,
    *,
    seconds: float = 20.0,
    sizes: tuple[int, ...] | None = None,
    command: str | None = None,
    prefer: Literal["own", "made"] = "own",
    hints: Hints | None = None,
) -> Found | None:
    """The first usage that is judged good, or the best one; None when none could be run at all.

    make_recorder  a new recorder for each usage; the dictionary that it is given fills with the sources that are run
    judge          says for a tape how surely parameters are updated with a gradient there: <= 0 no, >= 1 surely.
                   A made usage between 0.5 and 1 (a gradient that fits badly) is kept while a few others are tried:
                   the fault may be the call's
    sizes          architecture to ask for, where the module lets itself be asked
    hints          names, a layout and examples that the user gives; made usages then come first
    command        the user's own: ``python train.py --fast``, or statements for the module's namespace
    """
    deadline = patient_time() + seconds
    best: Found | None = None
    own: Outcome | None = None
    tried: dict[str, float] = {}
    failures: dict[str, Failure] = {}
    since_fair = 0
    for usage in usages(
        source,
        seconds=seconds * 0.6,
        sizes=sizes,
        command=command,
        prefer=prefer,
        failures=failures,
        hints=hints,
    ):
        left = deadline - patient_time()
        if left <= 0 and best is not None:
            break
        if usage.describe() in tried:
            continue
        found = _record(usage, make_recorder, judge, max(min(left, seconds * 0.6), 2.0))
        tried[usage.describe()] = found.score
        if own is None and _as_it_stands(usage) and found.outcome.ended == "raised" and not found.outcome.data_missing:
            own = found.outcome
        better = best is None or (found.score > best.score and not _leaves_out_the_cost(found, best))
        if best is None or better or _tells_more(found, best):
            best = found
        since_fair += best.score >= FAIR
        if found.score >= GOOD or since_fair > _PATIENCE or (found.score >= FAIR and usage.kind == "own"):
            break
    result = _with_failure(source, best, tried, failures, make_recorder)
    return replace(result, own_raised=own) if result is not None and result.usage.kind == "made" else result


def _as_it_stands(usage: Usage) -> bool:
    """Whether it is what the module does without a call or a statement of annprobe's."""
    return usage.kind == "own" and not (isinstance(usage, OwnUsage) and usage.whole)


def _leaves_out_the_cost(found: Found, best: Found) -> bool:
    """Whether the same calls fit better only without the module's own cost, which could not be called so."""
    one, other = (f.usage.program if isinstance(f.usage, MadeUsage) else None for f in (found, best))
    if one is None or other is None or best.score < FAIR or one.cost or not other.cost:
        return False
    return one.step == tuple(line for line in other.step if line != other.cost)


def _tells_more(found: Found, best: Found) -> bool:
    """Whether gradients that nobody applied cannot be applied, where nothing else was seen to train."""
    applied = isinstance(found.usage, OwnUsage) and found.usage.whole == "descent"
    return applied and best.score <= 0.0 and best.outcome.ended == "completed" and found.outcome.ended == "raised"


def _with_failure(
    source: Source,
    best: Found | None,
    tried: dict[str, float],
    failures: dict[str, Failure],
    make_recorder: MakeRecorder,
) -> Found | None:
    """The result, with the failed call that says most about it."""
    failure = _most_telling(best, failures)
    raised: Found | None = None
    if failure is not None:
        raised = _record(MadeUsage(source, failure.program), make_recorder, lambda tape, outcome: 0.0, 5.0)
    if best is None or (best.score <= 0 and raised is not None and best.usage.kind == "made"):
        return None if raised is None else replace(raised, tried=tuple(tried.items()), raised=raised)
    others = tuple((text, score) for text, score in tried.items() if text != best.usage.describe())
    return replace(best, tried=others, raised=raised)


def _most_telling(best: Found | None, failures: dict[str, Failure]) -> Failure | None:
    """Of a usage that trains: the failure of the same call on other widths. Of none: the one that got furthest."""
    if best is None or best.score <= 0:
        return max(failures.values(), key=lambda f: f.progress, default=None)
    if not isinstance(best.usage, MadeUsage) or len(set(best.usage.program.sizes or ())) != 1:
        return None
    called = [line.split(" = ")[-1].partition("(")[0] for line in best.usage.program.step]
    return next((f for name, f in failures.items() if name in called and len(set(f.program.sizes or ())) > 1), None)


def _record(usage: Usage, make_recorder: MakeRecorder, judge: Judge, seconds: float) -> Found:
    if isinstance(usage, OwnUsage):
        usage = _with_fitting_data(usage)
    for _ in range(_MOST_GROWTHS):
        sources: dict[str, TextSource] = {}
        recorder = make_recorder(sources)
        outcome = usage.run(recorder, seconds=seconds, sources=sources)
        more = _with_more_rows(usage, outcome) if isinstance(usage, OwnUsage) else None
        if more is None:
            break
        usage = more
    return Found(usage, outcome, recorder, judge(recorder.tape, outcome) if len(recorder.tape) else 0.0)


def _with_more_rows(usage: OwnUsage, outcome: Outcome) -> OwnUsage | None:
    """With more of the missing data, where the module counted on more examples than there were; else None."""
    if outcome.ended != "raised" or not outcome.data_missing or not isinstance(outcome.error, IndexError):
        return None
    guess = usage.guess or first_guess(usage.source.tree())
    more = next(grow(guess, outcome.message), guess)
    return replace(usage, guess=more) if more.rows > guess.rows else None


def _with_fitting_data(usage: OwnUsage) -> OwnUsage:
    """Where data files are missing: stand-ins of the size that the module's error messages ask for."""
    tried: set[DataGuess] = set()
    tree = usage.source.tree()
    absent = bool(absent_data(tree))
    first = first_guess(tree)
    queue: list[tuple[DataGuess, str | None]] = [(guess, None) for guess in (guesses(first) if absent else [first])]
    while queue and len(tried) < (_MOST_GUESSES * 2 if absent else _MOST_GUESSES):
        guess, before = queue.pop(0)
        if guess in tried:
            continue
        tried.add(guess)
        quick = LoopGuard(2.0, most_turns=4)
        outcome = replace(usage, guess=guess).run(None, seconds=4.0, guard=quick)
        if not outcome.data_missing:
            return usage
        if outcome.ended != "raised":
            return replace(usage, guess=replace(guess, strict=False))
        error = f"{outcome.message}, line {outcome.line}"
        others: list[tuple[DataGuess, str | None]] = [(other, error) for other in grow(guess, outcome.message)]
        further = before not in (None, error)  # another error than before the change
        queue = others + queue if further else queue + others
    return replace(usage, guess=replace(first, absent=False)) if absent else usage
