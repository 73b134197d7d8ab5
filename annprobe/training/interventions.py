"""Change one thing, train, look: which single change makes the training succeed.

First the training as it is, from its own start and from others of the same kind; with other step lengths and another
kind of start these make one stack. Then the true gradient, each repaired line, the data; then pairs, where no single
change does it; then a longer training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annprobe.training.changes import fan_in_start, standardised, unscaled
from annprobe.training.data import Data
from annprobe.training.fading import fading_rate
from annprobe.training.laboratory import Change, Laboratory, Trial
from annprobe.training.outcomes import Outcome, Yardstick, outcome, speed, yardstick
from annprobe.training.results import SOON, Experiments, State, Tried
from annprobe.training.stack import Lane, Trace
from annprobe.training.swaps import Swap
from annprobe.training.targets import mirrored_targets, one_hot_targets, output_range, targets_in_range
from annprobe.training.template import NotReplayable
from annprobe.training.variants import Repair, Variant

FACTORS = (10.0, 0.1, 100.0, 0.01, 1000.0, 0.001)
LONGER = (10, 100)
FEW_EPOCHS = 300  # under which a training is called short before its rate is called small
_MENDS = ("gradient", "repair", "one-hot")
_PATIENCE, _LEAST_STEPS = 5.0, 200.0  # times as many steps as another training needed; at least so many
_NOTHING_LEARNED, _STILL = 0.8, 0.1  # of the best constant's squared error; relative change
_WHOLE_SHARE = 0.4
_SPARE = 3.0  # times the planned steps: a plateau is not left in proportion to the rate
# of the time for the training as it is, other rates and other starts; and beside a gradient that is to be mended, too
_FIRST_SHARE, _BESIDE_SHARE = 0.4, 0.25


@dataclass(frozen=True)
class Suspects:
    """What is suspected already, so that it is tried whether training fails or not.

    swap     the parameters that do not follow the true gradient
    groups   some of them, that one finding accounts for: each group is tried by itself
    repairs  other values for the nodes of an accused line, each line tried alone
    kinds    kinds of changes
    """

    swap: Swap | None = None
    groups: Sequence[tuple[int, ...]] = ()
    repairs: Sequence[Sequence[Repair]] = ()
    kinds: frozenset[str] = frozenset()


def experiment(lab: Laboratory, suspects: Suspects) -> Experiments:
    """Try every change on the recorded training, as far as the laboratory's time goes.

    Raises :class:`NotReplayable` when there was no time to train the network once.
    """
    session = _Session(lab, suspects)
    session.run()
    return session.result()


class _Session:
    """The plan of one set of experiments."""

    def __init__(self, lab: Laboratory, suspects: Suspects) -> None:
        self.lab, self.suspects, self.swap = lab, suspects, suspects.swap
        self.trainer = lab.trainer
        self.variants: list[tuple[Change, Variant]] = []
        self.datas: list[tuple[Change, Data]] = []

    def run(self) -> None:
        """First what is cheap and tells most."""
        self._first()
        self._to_the_end()
        self._exchanged()
        if not self._failing():
            self._mirrored()
        if self._failing() or self.suspects.kinds & {"inputs", "targets", "one-hot"}:
            self._data()
        if not self._failing():
            return
        self._steady()
        if not self._cured():
            self._pairs()
        if not self.lab.cut and (not self._cured() or (self.swap is None and self._short())):
            self._longer()

    # --- the plan --------------------------------------------------------------------------------------------------

    def _first(self) -> None:
        """As it is, with other rates, from other starts: one stack, as many networks as there is time for."""
        lab = self.lab
        share = _FIRST_SHARE if self.swap is None else _BESIDE_SHARE
        room = max(lab.room(share), lab.beside)
        base = Trial((), [])
        rates = {f: Trial((Change("learning rate", f),), []) for f in FACTORS}
        other = Trial((Change("start"),), [], own=0)
        own = [(base, Lane(s, watched=i == 0)) for i, s in enumerate(lab.starts[:3])]
        fresh = [Lane(fan_in_start(self.trainer, lab.rng)) for _ in range(4)]
        wishes: list[tuple[Trial, Lane]] = [own[0], (other, fresh[0])]
        wishes += [(rates[f], Lane(factor=f)) for f in FACTORS[:2]] + own[1:]
        wishes += [(rates[f], Lane(factor=f)) for f in FACTORS[2:]] + [(other, fresh[1])]
        wishes += [(rates[f], Lane(s, f)) for s in lab.starts[1 : max(3, len(lab.starts) // 2)] for f in FACTORS]
        wishes += [(base, Lane(s)) for s in lab.starts[3:]] + [(other, lane) for lane in fresh[2:]]
        for trial, lane in wishes[:room]:
            trial.lanes.append(lane)
        trials = [t for t in (base, *rates.values(), other) if t.lanes]
        lab.run(trials, lab.plain, share=1.5 * share, enough=len(base.lanes))

    def _to_the_end(self) -> None:
        """Where the training was cut short and nothing cures it soon: as it is once more, as long as there is time."""
        soon = [t for t in self._tried() if t.cures and t.outcome.steps <= SOON * self.lab.steps]
        own = self.lab.trials[0].traces[:1] if self.lab.trials else []
        going_on = bool(own) and not _flat(own[0]) and self.swap is None
        if self.lab.cut and going_on and self._failing() and not soon and not self.suspects.kinds:
            whole = Trial((), [Lane(self.lab.starts[0], watched=True)])
            self.lab.run([whole], self.lab.plain, share=_WHOLE_SHARE, steps=self.lab.planned)
            if whole.traces and self._measure().verdict(whole.traces[0]) == "good":
                self.lab.trials[:] = [whole, *(t for t in self.lab.trials if t.changes)]
            elif whole in self.lab.trials:
                self.lab.trials.remove(whole)

    def _own_lanes(self, share: float, cost: float = 2.0) -> list[Lane]:
        """The own start, and others of its kind as there is time for: half of those that the training as it is has, or
        as many as cost little more than one."""
        most = max(3, len(self.lab.starts) // 2)
        return [Lane(s) for s in self.lab.starts[: max(1, min(most, self.lab.room(share, cost)), self.lab.beside)]]

    def _exchanged(self) -> None:
        """The true gradient, and every repair alone."""
        made: list[tuple[Change, Variant | None]] = []
        if self.swap is not None:
            made.append((Change("gradient", self.swap.chains), self.swap.variant(self.trainer)))
            made += [(Change("repair", r[0].name), self._repaired(r)) for r in self.suspects.repairs]
            groups = {g for g in self.suspects.groups if g and g != self.swap.chains}
            made += [(Change("gradient", g), self.swap.only(g).variant(self.trainer)) for g in sorted(groups)]
        self._run_variants(made)

    def _run_variants(self, made: list[tuple[Change, Variant | None]]) -> None:
        """One after the other; once one of them has cured, others need no longer than a few times as long as it."""
        ready = [(change, variant) for change, variant in made if variant is not None]
        for i, (change, variant) in enumerate(ready):
            self.variants.append((change, variant))
            share = 1.0 / (len(ready) - i)
            steps = self._as_long()
            lanes = self._own_lanes(0.6 * share, 2.0 * steps / self.lab.steps)
            self.lab.run([Trial((change,), lanes)], variant, share=min(1.0, 1.5 * share), steps=steps)

    def _as_long(self) -> int:
        """Steps after which a mended training is given up: a few times those that another one needed."""
        needed = [t.outcome.steps for t in self._tried() if t.cures and not t.mirrored and t.changes[0].kind in _MENDS]
        return self._at_most(min(needed)) if needed else self.lab.steps

    def _at_most(self, needed: float) -> int:
        return min(self.lab.steps, int(max(_PATIENCE * needed, _LEAST_STEPS)))

    def _repaired(self, repairs: Sequence[Repair]) -> Variant | None:
        try:
            return self.trainer.bench.repaired(repairs)
        except (NotImplementedError, ValueError, TypeError, IndexError, KeyError, ArithmeticError):
            return None

    def _data(self) -> None:
        """Inputs standardised, targets where the output can reach them."""
        if unscaled(self.trainer):
            data = standardised(self.trainer)
            if data is not None:
                self.datas.append((Change("inputs"), data))
        data = one_hot_targets(self.trainer)
        if data is not None:
            self.datas.append((Change("one-hot"), data))
        else:
            data = targets_in_range(self.trainer, output_range(self.trainer, self.trainer.seed))
            self.datas += [(Change("targets"), data)] if data is not None else []
        for change, changed in self.datas:
            self.lab.run([Trial((change,), self._own_lanes(0.2, 1.0))], self.lab.plain, changed, share=0.3)

    def _steady(self) -> None:
        """A rate that shrinks away kept as it is at the start."""
        fading = fading_rate(self.trainer, self.lab.steps) if self.lab.known else None
        if fading is not None:
            variant = self.trainer.bench.steady(fading.read)
            self.lab.run([Trial((Change("steady rate"),), self._own_lanes(0.4, 1.0))], variant, share=0.5)

    def _mirrored(self) -> None:
        """A wrong gradient that learns this task may be lucky: the same targets upside down are as easy."""
        data = mirrored_targets(self.trainer) if self.variants else None
        base = self._baseline()
        if data is None or base is None:
            return
        steps = self._at_most(base.steps)
        for i, (changes, variant) in enumerate([((), self.lab.plain), *(((c,), v) for c, v in self.variants)]):
            share = 1.0 / (len(self.variants) + 1 - i)
            lanes = self._own_lanes(0.6 * share, 2.0 * steps / self.lab.steps)
            self.lab.run([Trial(changes, lanes, mirrored=True)], variant, data, share=share, steps=steps)

    def _pairs(self) -> None:
        """Two changes at a time: an exchanged gradient or other data, each with other rates and starts."""
        places: list[tuple[tuple[Change, ...], Variant, Data | None]] = [((), self.lab.plain, None)]
        places += [((change,), self.lab.plain, data) for change, data in self.datas]
        if self.variants:
            places = [((change,), variant, None) for change, variant in self.variants]
        for i, (changes, variant, data) in enumerate(places):
            if self._cured() or self.lab.left <= 0.0:
                return
            share = 0.8 / (len(places) - i)
            trials = self._pair_trials(changes, self.lab.room(share, 2.0))
            if trials:
                self.lab.run(trials, variant, data, share=2.0 * share)
        if len(self.datas) == 2 and not self._cured():
            self._both_data()
        if self.variants and not self._cured():
            self._with_other_data()

    def _with_other_data(self) -> None:
        """The true gradient (or the repair), and other data."""
        for change, variant in self.variants:
            for other, data in self.datas:
                self.lab.run([Trial((change, other), self._own_lanes(0.3))], variant, data, share=0.5)

    def _pair_trials(self, changes: tuple[Change, ...], room: int) -> list[Trial]:
        fresh = [fan_in_start(self.trainer, self.lab.rng) for _ in range(2)]
        rates = [f for f in FACTORS if 0.01 <= f <= 100.0]
        trials = []
        if changes:
            trials.append(Trial((*changes, Change("start")), [Lane(s) for s in fresh], own=0))
            trials += [
                Trial((*changes, Change("learning rate", f)), [Lane(s, f) for s in self.lab.starts[:2]]) for f in rates
            ]
        else:
            trials += [
                Trial((Change("learning rate", f), Change("start")), [Lane(s, f) for s in fresh], own=0) for f in rates
            ]
        return trials[: max(0, room // 2)]

    def _both_data(self) -> None:
        (_, inputs), (_, targets) = self.datas
        both = inputs.changed(targets.changes)
        changes = tuple(change for change, _ in self.datas)
        self.lab.run([Trial(changes, self._own_lanes(0.5, 1.0))], self.lab.plain, both)

    def _short(self) -> bool:
        """Whether so few epochs are planned that their number itself is the likely fault."""
        return self.lab.known and self.lab.steps < FEW_EPOCHS * self.trainer.rows.count

    def _longer(self) -> None:
        """The same for ten times as many steps, where there is time; where few are planned, also for a hundred times
        and with a larger rate."""
        short = self._short()
        for factor in LONGER if short else LONGER[:1]:
            if self._only_short() or self.lab.room(0.9, float(factor)) < 1:
                return
            longer, faster = Change("longer", factor), Change("learning rate", FACTORS[0])
            trials = [Trial((longer,), [Lane(s) for s in self.lab.starts[:2]])]
            if short and not self._cured():
                trials.append(Trial((longer, faster), [Lane(s, faster.of) for s in self.lab.starts[:2]]))
            self.lab.run(trials, self.lab.plain, steps=factor * self.lab.steps)

    # --- what came of it -------------------------------------------------------------------------------------------

    def _measure(self) -> Yardstick:
        return yardstick(t for trial in self.lab.trials if not trial.mirrored for t in trial.traces)

    def _as_it_is(self, mirrored: bool = False) -> list[Trace]:
        return next((t.traces for t in self.lab.trials if not t.changes and t.mirrored == mirrored), [])

    def _baseline(self, mirrored: bool = False) -> Outcome | None:
        base = self._as_it_is(mirrored)
        return outcome(base, self._measure()) if base else None

    def _failing(self) -> bool:
        base = self._baseline()
        return base is not None and not (base.trains and base.own == "good")

    def _cured(self) -> bool:
        """Whether some change cures; with a wrong gradient, one that mends it: settings are not judged beside it."""
        found = [t for t in self._tried() if t.cures and not t.mirrored]
        return any(self.swap is None or any(c.kind in _MENDS for c in t.changes) for t in found)

    def _tried(self) -> list[Tried]:
        measure = self._measure()
        result = []
        for trial in self.lab.trials:
            before = self._baseline(trial.mirrored)
            if trial.changes and trial.traces and before is not None:
                faster = speed(self._as_it_is(trial.mirrored), trial.traces) if trial.own else 1.0
                result.append(Tried(trial.changes, outcome(trial.traces, measure), before, trial.mirrored, faster))
        return result

    def _only_short(self) -> bool:
        """Whether the own start ends well when it is trained longer."""
        longer = [t for t in self._tried() if t.changes[0].kind == "longer"]
        return any(t.outcome.own == "good" for t in longer)

    def _in_time(self) -> bool:
        """Whether the planned steps may be enough: with a larger rate, about as much fewer of them were."""
        rates = [t for t in self._tried() if t.cures and len(t.changes) == 1 and t.changes[0].kind == "learning rate"]
        return any(float(t.changes[0].of) * t.outcome.steps <= _SPARE * self.lab.planned for t in rates)

    def _state(self, base: Outcome) -> State:
        if self.lab.cut and base.own != "good":
            flat = _flat(self.lab.trials[0].traces[0])
            return "stalled" if flat and not base.good and not self._in_time() else "unfinished"
        if base.own == "bad":
            others = base.of > 2 and base.good >= 0.6 * (base.of - 1)
            return "unlucky" if others and self.swap is None and not self._only_short() else "fails"
        if base.own == "good" or base.trains:
            return "trains"
        return "unfinished" if base.own == "unfinished" else "between"

    def result(self) -> Experiments:
        """The facts."""
        measure = self._measure()
        base = self._baseline()
        if base is None:
            raise NotReplayable("there was no time to train the network once")
        return Experiments(
            self._state(base),
            base,
            measure,
            self._tried(),
            self.swap,
            self.lab.steps,
            self.lab.known,
            self.trainer.rows.complete,
            self.trainer,
            self.lab.trials[0].traces[0],
            self.lab.planned,
        )


def _flat(trace: Trace) -> bool:
    """Whether nothing was learned, and the second half of the training changed nothing about that."""
    left = trace.left
    return len(left) > 3 and left[-1] >= _NOTHING_LEARNED and left[-1] >= (1.0 - _STILL) * left[len(left) // 2]
