"""The readings of single examples, tried on a batch of different ones: what happens only there is found there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from annprobe.decoder.board import Board, words
from annprobe.decoder.fit import same
from annprobe.decoder.layers import SUMS, combinations
from annprobe.decoder.reading import Choice, Explanation, Reading, Stage, simplest
from annprobe.decoder.vocabulary import of_delta
from annprobe.engine.layout import Array

KINDS = ("delta", "weights", "biases", "reduce", "penalty")
MOST_SWAPS = 2
MOST_KEPT = 6


def tried_on_batch(batch: Board, alike: Board, one: Explanation) -> list[Explanation]:
    """Explanations that hold for both: the given one, or with stages that only a batch tells apart from it.

    Empty where none of them computes what was asked, or where a stage is unknown.
    """
    if any(not reading.choices for reading in one.readings.values()):
        return []
    kept = [Explanation()]
    for layer in range(batch.L, 0, -1):
        found = [e for known in kept for e in _layer(batch, alike, one, known, layer)]
        if not found:
            return []
        kept = simplest(found, MOST_KEPT)
    return kept


def _layer(batch: Board, alike: Board, one: Explanation, known: Explanation, layer: int) -> list[Explanation]:
    """This layer on the batch: as it was read, else with one stage swapped, else with two."""
    read = {kind: one.readings.get((kind, layer)) for kind in KINDS}
    options = {kind: _Options(alike, one, layer, kind, reading) for kind, reading in read.items() if reading}
    tries = _Tries(batch, known, layer, {k: r for k, r in read.items() if r})
    for swaps in range(MOST_SWAPS + 1):
        found = []
        for swapped in itertools.combinations(options, swaps):
            for chosen in itertools.product(*(options[kind].others() for kind in swapped)):
                explanation = tries.explained(dict(zip(swapped, chosen, strict=True)))
                if explanation is not None:
                    found.append(explanation)
        if found:
            return found
    return []


class _Options:
    """What else a stage could be, as far as examples that are alike can tell."""

    def __init__(self, alike: Board, one: Explanation, layer: int, kind: str, reading: Reading) -> None:
        self.alike, self.one, self.layer, self.kind, self.reading = alike, one, layer, kind, reading
        self._found: list[Choice] | None = None

    def others(self) -> list[Choice]:
        if self._found is None:
            self._found = [c for c in self._candidates() if c != self.reading.choices[0] and self._fits(c)]
        return self._found

    def _candidates(self) -> Iterator[Choice]:
        if self.kind == "delta":
            for size in (0, 1, 2):
                yield from combinations(of_delta(self.layer, self.alike.L), size)
        else:
            step = {**SUMS, "reduce": "reduce", "penalty": "penalty_gradient"}[self.kind]
            yield from (() if m is None else (m,) for m in words(step))

    def _fits(self, choice: Choice) -> bool:
        mine = self._made(choice)
        own = self._made(self.reading.choices[0])
        return mine is not None and own is not None and same(own, mine)

    def _made(self, choice: Choice) -> Array | None:
        alike, layer = self.alike, self.layer
        alike.load(self.one.deltas, {k: v for k, v in self.one.slopes.items() if k != layer})
        if self.kind == "delta":
            return alike.delta(layer, choice)
        mutant = choice[0] if choice else None
        if self.kind in SUMS:
            return alike.computed(SUMS[self.kind], mutant, layer)
        if self.kind == "penalty":
            return alike.penalty(layer, mutant)
        SV, Sb = alike.sums(layer, None, None)
        if SV is None or Sb is None:
            return None
        alike.p.SV[layer][...], alike.p.Sb[layer][...] = SV, Sb
        return alike.computed("reduce", mutant, layer)


class _Tries:
    """Computes a layer of the batch with given choices and compares it with what was asked."""

    def __init__(self, batch: Board, known: Explanation, layer: int, read: Mapping[str, Reading]) -> None:
        self.batch, self.known, self.layer, self.read = batch, known, layer, read

    def explained(self, swapped: Mapping[str, Choice]) -> Explanation | None:
        """The explanation with these choices in place of those read; None where it does not compute what was asked."""
        readings = {kind: Reading((swapped[kind],), reading.factor) if kind in swapped else reading
                    for kind, reading in self.read.items()}
        chosen = {kind: r.choices[0] for kind, r in readings.items()}
        batch, layer = self.batch, self.layer
        batch.load(self.known.deltas, self.known.slopes)
        delta = batch.delta(layer, chosen["delta"])
        if delta is None:
            return None
        delta = delta * readings["delta"].factor
        slopes = self._slopes(chosen["delta"])
        batch.load({**self.known.deltas, layer: delta}, {**self.known.slopes, **slopes})
        G = self._gradient(chosen, readings)
        if G is None:
            return None
        first = 0 if batch.biased[layer] else 1
        if not same(batch.G[layer][..., first:], G[..., first:]):
            return None
        stages: dict[Stage, Reading] = {(kind, layer): reading for kind, reading in readings.items()}
        return self.known.said(stages, {layer: delta}, slopes)

    def _slopes(self, chosen: Choice) -> dict[int, Array]:
        named = [m for m in chosen if m.step == "derivative"]
        slope = self.batch.slope(self.layer, named[0]) if named else None
        return {} if slope is None else {self.layer: slope}

    def _gradient(self, chosen: Mapping[str, Choice], readings: Mapping[str, Reading]) -> Array | None:
        mutant = {kind: (c[0] if c else None) for kind, c in chosen.items()}
        SV, Sb = self.batch.sums(self.layer, mutant.get("weights"), mutant.get("biases"))
        if SV is None or Sb is None:
            return None
        SV = SV * (readings["weights"].factor if "weights" in readings else 1.0)
        Sb = Sb * (readings["biases"].factor if "biases" in readings else 1.0)
        return self.batch.gradient(self.layer, SV, Sb, mutant.get("reduce"), mutant.get("penalty"))
