"""Name what a gradient computes, stage by stage, by asking for its values at drawn points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from annprobe.decoder.batch import KINDS, tried_on_batch
from annprobe.decoder.board import Board, Gradient, drawn
from annprobe.decoder.layers import SUMS, read_layer, read_sum
from annprobe.decoder.reading import Explanation, Reading, simplest
from annprobe.engine.architecture import Architecture

NETWORKS = 6  # asked with examples that are alike
BATCHES = 2  # asked with examples that differ
KEPT, KEPT_QUICKLY = 8, 2  # explanations that are followed from layer to layer


@dataclass(frozen=True)
class StageReading:
    """What one stage of the backward pass computes.

    quantity  "delta", "weights", "biases" (the sums over the examples), "reduce" or "penalty"; of layer ``layer``
    names     alternatives that cannot be told apart here, each the ids of the catalogue's mutants that it is made of;
              ``()`` is the right step; none where nothing known computes it
    factor    of what was seen against what the names compute
    """

    quantity: str
    layer: int
    names: tuple[tuple[str, ...], ...]
    factor: float = 1.0

    @property
    def right(self) -> bool:
        """Is it what the textbook says?"""
        return () in self.names and self.factor == 1.0

    @property
    def known(self) -> bool:
        """Is there a name for it?"""
        return bool(self.names)


@dataclass(frozen=True)
class Decoded:
    """All stages, from the output down. Stages whose arrays were never seen (behind a zero) are left out.

    others       explanations that are as simple and compute the same
    reproduces   does it compute, on a batch of other examples, exactly the gradient that was asked for?
    """

    stages: tuple[StageReading, ...]
    others: tuple[tuple[StageReading, ...], ...]
    reproduces: bool

    @property
    def right(self) -> bool:
        """Is every stage right?"""
        return self.reproduces and all(stage.right for stage in self.stages)

    @property
    def wrong(self) -> tuple[StageReading, ...]:
        """The stages that are not right."""
        return tuple(stage for stage in self.stages if not stage.right)


def decode(architecture: Architecture, gradient: Gradient, *, examples: int = 5, alone: bool = True,
           biased: Sequence[bool] | None = None, seed: int = 0, sizes: bool = True, thorough: bool = True,
           ) -> Decoded | None:
    """Ask a gradient and name what each stage of it computes; None where it cannot be asked.

    gradient  (W, X, Y) to G[1] ... G[L] like W; W[l] (n_l, 1 + n_{l-1}) with the bias in column 0, X (N, n_0),
              Y (N, n_L). It may raise, or return None, for what it does not take
    examples  N of the batches that it is asked with
    alone     may it be asked with one example? Else N times the same one stand for it
    biased    for each layer, whether it has biases; where not, column 0 of G is not looked at
    sizes     is it known how large the gradient should be? If not, no reduction is read off a factor
    thorough  looks longer, for two and three faults that hide one another
    Source: the delta rule taken apart; at one example the gradient of weights is an outer product (Nielsen, BP4).
    """
    has = list(biased) if biased is not None else [True] * architecture.L
    counts = [1, examples] if alone else [examples]
    alike = next((board for n in counts
                  if (board := drawn(architecture, gradient, NETWORKS, n, has, seed, True)) is not None), None)
    batch = drawn(architecture, gradient, BATCHES, examples, has, seed + 1, False) if examples > 1 else alike
    if alike is None or batch is None:
        return None
    found = _read(alike, sizes, KEPT if thorough else KEPT_QUICKLY, thorough)
    tried = [e for one in found for e in tried_on_batch(batch, alike, one)]
    best = simplest(tried or found, KEPT)
    cheapest = [_stages(e) for e in best if e.price == best[0].price]
    return Decoded(cheapest[0], tuple(cheapest[1:]), bool(tried))


def _read(board: Board, sizes: bool, most: int, thorough: bool) -> list[Explanation]:
    """The simplest explanations of examples that are alike."""
    kept = [Explanation()]
    for layer in range(board.L, 0, -1):
        kept = simplest((e for above in kept for e in read_layer(board, above, layer, sizes, thorough)), most)
    return sorted((_again(board, e) for e in kept), key=lambda e: e.price)


def _again(board: Board, explanation: Explanation) -> Explanation:
    """Sums that were unknown, now that all deltas are known: another layer's may have gone into them."""
    unknown = [stage for stage, r in explanation.readings.items() if not r.choices and stage[0] in SUMS]
    new: dict[tuple[str, int], Reading] = {}
    for kind, layer in unknown:
        reduced, penalty = (explanation.readings[(k, layer)].choices[0] for k in ("reduce", "penalty"))
        R = board.penalty(layer, penalty[0] if penalty else None)
        board.load(explanation.deltas, explanation.slopes)
        sums = None if R is None else board.unreduced(layer, board.G[layer] - R, reduced[0] if reduced else None)
        if sums is not None:
            board.load(explanation.deltas, explanation.slopes)
            new[(kind, layer)] = read_sum(board, kind, layer, sums[0] if kind == "weights" else sums[1])
    return explanation.said(new)


def _stages(explanation: Explanation) -> tuple[StageReading, ...]:
    order = sorted(explanation.readings.items(), key=lambda item: (-item[0][1], KINDS.index(item[0][0])))
    return tuple(StageReading(kind, layer, tuple(tuple(m.id for m in c) for c in r.choices), r.factor)
                 for (kind, layer), r in order)
