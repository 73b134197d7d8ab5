"""What part a fault has in the failure, read off the experiments; and the table of what was tried."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import numpy as np

from annprobe.diagnosis.experiments.suspects import KIND, group_of, joint_group, repair_name
from annprobe.findings import Experiment, Finding, Role
from annprobe.listing.scene import Scene
from annprobe.training.laboratory import Change
from annprobe.training.outcomes import Outcome
from annprobe.training.results import MENDING, Experiments, Tried

_AHEAD = 1.5  # times as long the training as it is must have failed as the mended one needs
_FASTER = 1.9  # times fewer steps with the fault mended: less may be luck, or the grain of the moments looked at

_BACKWARD = "AP3"


def with_roles(scene: Scene, done: Experiments, findings: Sequence[Finding], ours: bool = False) -> tuple[Finding, ...]:
    """The findings with the roles that the experiments give them; as they are where none of them bears on one.

    ours  whether the task is annprobe's own: what does no harm there may do harm to the module's own
    """
    sole = [f for f in findings if f.code.startswith(_BACKWARD)]
    found = tuple(_with_role(scene, done, f, ours, sole == [f]) for f in findings)
    found = tuple(_together(scene, done, f, found) for f in found)
    shown = [f for f in findings if f.role == "harmless"]  # before any experiment: training is not touched by them
    if done.state != "trains" or any(f.role in ("cause", "contributing") for f in found) or not shown:
        return found
    role: Role = "cause" if len(shown) == 1 else "contributing"
    return tuple(_shown(f, role) if f in shown else f for f in found)


def _shown(finding: Finding, role: Role) -> Finding:
    """The network learns as it is: what is wrong is what the module shows, and that is because of this."""
    note = "training by replay succeeds as it is: what the module shows is wrong, not what it computes"
    return dataclasses.replace(finding, role=role, notes=(*finding.notes, note))


def _with_role(scene: Scene, done: Experiments, finding: Finding, ours: bool, sole: bool) -> Finding:
    """``sole``: no other finding could be why gradients are wrong."""
    if finding.role != "untested":
        return finding
    changes = _changes(scene, done, finding)
    if not changes and sole and done.swap is not None:
        changes = [Change("gradient", tuple(done.swap.chains))]
    role: Role = next((r for r in (role_of(done, change) for change in changes) if r != "untested"), "untested")
    if role == "untested":
        return finding
    change = next(c for c in changes if role_of(done, c) == role)
    slow = _slowed(done, change) if role == "harmless" and finding.family != "scale" else ""
    if ours and role == "harmless" and not slow:
        return finding
    role = "cause" if slow else role
    return dataclasses.replace(
        finding,
        role=role,
        trust="verified" if role == "cause" else finding.trust,
        notes=(*finding.notes, slow or _note(done, change, role)),
    )


def _slowed(done: Experiments, change: Change) -> str:
    """What is said of a fault with which the network learns, but far more slowly; '' where it does not slow it down.

    A step of another length alone (family scale) slows training down, too, and is no wrong direction.
    """
    tried = done.trial(change)
    if done.state != "trains" or tried is None or tried.faster < _FASTER:
        return ""
    return (
        f"training by replay learns as it is, and comes as far in {tried.faster:.2g} times fewer steps with this alone "
        "mended"
    )


def _together(scene: Scene, done: Experiments, finding: Finding, findings: Sequence[Finding]) -> Finding:
    """One slip that stands in several lines: it is the cause where mending all of them cures and one line does not."""
    change = Change("gradient", joint_group(scene, done.trainer, done.swap, findings, finding.family))
    if finding.role not in ("untested", "contributing") or not change.of or role_of(done, change) != "cause":
        return finding
    lines = sorted({f.places[0].line for f in findings if f.family == finding.family and f.places})
    where = f"the same slip stands in lines {', '.join(map(str, lines))}"
    note = f"{where}: all of them mended, {_note(done, change, 'cause')}"
    return dataclasses.replace(finding, role="cause", trust="verified", notes=(*finding.notes, note))


def _changes(scene: Scene, done: Experiments, finding: Finding) -> list[Change]:
    """The changes that take the finding's fault away, the most exact first."""
    if finding.family in KIND:
        return [t.changes[0] for t in done.tried if len(t.changes) == 1 and t.changes[0].kind == KIND[finding.family]]
    repairs = [Change("repair", repair_name(place.line)) for place in finding.places]
    group = group_of(scene, done.trainer, done.swap, finding)
    return [c for c in [*repairs, Change("gradient", group)] if done.trial(c) is not None]


def role_of(done: Experiments, change: Change) -> Role:
    """Of the fault that the change takes away.

    "harmless" is only said where the module trains as it is, also on its targets turned upside down where that can be
    tried, or where something else alone cures; "untested" where nothing follows.
    """
    alone = done.trial(change)
    if alone is None or alone.outcome.unfinished == alone.outcome.of:
        return "untested"
    if alone.cures:
        return "cause"
    if done.state == "trains":
        return _on_mirrored(done, change) if alone.outcome.trains else "untested"
    if done.state == "unfinished" and alone.outcome.trains and not done.baseline.good:
        run = done.own.steps[-1] if done.own.steps else 0  # that far the training as it is was seen to learn nothing
        return "cause" if _AHEAD * alone.outcome.steps <= run else "untested"
    if done.state != "fails":
        return "untested"
    mended = [t.changes[0] for t in done.cures() if len(t.changes) == 1 and t.changes[0].kind in MENDING]
    return "harmless" if any(not _includes(done, other, change) for other in mended) else "contributing"


def _includes(done: Experiments, whole: Change, part: Change) -> bool:
    """Whether a change that cures takes the other one's fault away, too."""
    if whole.kind != "gradient":
        return False
    if part.kind == "gradient":
        return set(part.of) <= set(whole.of)
    return part.kind == "repair" and done.swap is not None and set(whole.of) == set(done.swap.chains)


def _on_mirrored(done: Experiments, change: Change) -> Role:
    mirrored = done.trial(change, mirrored=True)
    if mirrored is None:
        return "harmless"
    if not mirrored.outcome.trains:
        return "untested"
    return "harmless" if mirrored.before.trains else "cause"


def _note(done: Experiments, change: Change, role: Role) -> str:
    """What the role follows from."""
    tried = done.trial(change, mirrored=role == "cause" and done.state == "trains") or done.trial(change)
    assert tried is not None
    before, after = tried.before, tried.outcome
    where = "on the targets turned upside down, " if tried.mirrored else ""
    return (
        f"{where}training by replay succeeds from {before.good} of {before.of} starts as it is, "
        f"from {after.good} of {after.of} with this alone mended"
    )


# --- the table -----------------------------------------------------------------------------------------------------


def table(done: Experiments, names: Sequence[str]) -> tuple[Experiment, ...]:
    """A row a trial; other settings are only told where training fails, and pairs that do not help are counted."""
    base = Experiment("as it is", {"trains": True, "fails": False}.get(done.state), _evidence(done.baseline, done))
    told = [t for t in done.tried if _telling(done, t)]
    rows = [Experiment(_words(t, names), _cured(t), _evidence(t.outcome, done, t.before)) for t in told]
    pairs = [t for t in done.tried if len(t.changes) > 1 and not t.cures]
    if pairs:
        rows.append(Experiment(f"two changes at a time, {len(pairs)} other pairs", False, "none of them cures"))
    return (base, *rows)


def _telling(done: Experiments, tried: Tried) -> bool:
    if len(tried.changes) > 1:
        return tried.cures
    return done.state != "trains" or tried.changes[0].kind in ("gradient", "repair") or tried.mirrored


def _cured(tried: Tried) -> bool | None:
    if tried.outcome.unfinished and not tried.outcome.good:
        return None
    return tried.cures


def _words(tried: Tried, names: Sequence[str]) -> str:
    text = " and ".join(_change(change, names) for change in tried.changes) or "as it is"
    return f"{text}, on targets turned upside down" if tried.mirrored else text


_WORDS: Mapping[str, str] = {
    "start": "start values N(0, 1/√fan-in)",
    "inputs": "inputs standardised",
    "targets": "targets within the output's range",
    "steady rate": "learning rate as it is at the start",
    "one-hot": "a target for each class in place of the class number",
}


def _change(change: Change, names: Sequence[str]) -> str:
    if change.kind == "gradient":
        return f"true gradient for {', '.join(names[c] for c in change.of)}"
    if change.kind == "learning rate":
        return f"learning rate x {change.of:g}"
    if change.kind == "longer":
        return f"{change.of} times as many steps"
    if change.kind == "repair":
        return f"{change.of} alone repaired"
    return _WORDS[change.kind]


def _evidence(outcome: Outcome, done: Experiments, before: Outcome | None = None) -> str:
    """How many starts learn, and the median of what they leave, before and after."""
    decisions = not np.isnan(outcome.wrong)
    what = "wrong decisions" if decisions else "squared error"
    was = "" if before is None else f"{_share(before.wrong if decisions else before.left)} → "
    text = f"{outcome.good} of {outcome.of} starts; {what} {was}{_share(outcome.wrong if decisions else outcome.left)}"
    if before is None:
        text += f" of the best constant's; {done.steps} steps{'' if done.planned else ' (a guess)'}"
    if outcome.unfinished:
        text += f"; {outcome.unfinished} not finished in the time"
    return text if done.complete else f"{text}; on the recorded examples only"


def _share(value: float) -> str:
    return f"{100.0 * value:.3g} %" if value < 100.0 else "beyond 10000 %"
