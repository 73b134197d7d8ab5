"""Networks whose gradient was asked, laid as one stack, with everything that the engine computes from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from annprobe.catalog.mutant import Mutant
from annprobe.decoder.fit import Inverse, factor, inverse, same, snapped
from annprobe.decoder.vocabulary import mutants
from annprobe.engine.architecture import Architecture
from annprobe.engine.layout import Array
from annprobe.engine.network import random_network
from annprobe.engine.passes import Pass
from annprobe.engine.stacks import FAULTS
from annprobe.engine.steps import REFERENCE, evaluate

Gradient = Callable[[Sequence[Array], Array, Array], Sequence[Array] | None]
Deltas = Mapping[int, Array]


class Board:
    """K networks with N examples each, and the gradient that was given for them.

    p        the engine's pass over all of them; deltas and slopes may be replaced by those of the asked gradient
    G        G[l] (K, n_l, 1 + n_{l-1}) as asked, for l = 1 .. L; index 0 is empty
    biased   for each layer from 1 on: are there biases? Without, column 0 of G[l] means nothing
    """

    def __init__(self, architecture: Architecture, W: Sequence[Array], X: Array, Y: Array, G: Sequence[Array],
                 biased: Sequence[bool]) -> None:
        self.p: Pass = evaluate(architecture, W, X, Y)
        self.G = [np.zeros(0), *(without_noise(g, G) for g in G)]
        self.biased = [True, *biased]
        self.L = architecture.L
        self._slope = [x.copy() for x in self.p.slope]
        self._error = self.p.error.copy()
        self._slopes: dict[tuple[int, str], Array | None] = {}
        self._made: dict[tuple[str, int, str], Array | None] = {}
        self._inverses: dict[tuple[str, int, str], Inverse | None] = {}

    def load(self, deltas: Deltas, slopes: Deltas) -> None:
        """Take these deltas and slopes (by layer) for those of the pass; other slopes are the right ones."""
        for layer, delta in deltas.items():
            self.p.delta[layer][...] = delta
        for layer in range(1, self.L + 1):
            self.p.slope[layer][...] = slopes.get(layer, self._slope[layer])
        self.p.error[...] = self._error

    def computed(self, step: str, mutant: Mutant | None, layer: int) -> Array | None:
        """What a step (the right one, or a mutant's) computes from what is loaded; None where it does not fit."""
        function = getattr(REFERENCE, step) if mutant is None else mutant.function
        p = self.p
        shape = {"weight_gradient": p.SV, "bias_gradient": p.Sb, "derivative": p.slope, "reduce": p.G,
                 "penalty_gradient": p.R}.get(step, p.delta)[layer].shape
        arguments = () if step in ("output_delta", "cost_derivative") else (layer,)
        try:
            with np.errstate(all="ignore"):
                result = np.array(function(p, *arguments))
        except FAULTS:
            result = np.empty(0)
        if step in ("output_delta", "cost_derivative"):
            p.error[...] = self._error  # a step may write into it
        if step == "derivative":
            p.slope[layer][...] = self._slope[layer]
        if result.shape != shape or not np.isfinite(result).all():
            return None
        like = {"weight_gradient": layer, "bias_gradient": layer, "hidden_delta": layer + 1}.get(step)
        if step == "output_delta":
            return snapped(result, self._error)
        return result if like is None else snapped(result, p.delta[like])

    def slope(self, layer: int, mutant: Mutant) -> Array | None:
        """f'(z[l]) as a mutant has it."""
        key = (layer, mutant.id)
        if key not in self._slopes:
            self._slopes[key] = self.computed("derivative", mutant, layer)
        return self._slopes[key]

    def delta(self, layer: int, chosen: Sequence[Mutant]) -> Array | None:
        """delta[l] from the loaded deltas above it, made by the right steps but for the chosen mutants."""
        by_step = {m.step: m for m in chosen}
        step = "output_delta" if layer == self.L else "hidden_delta"
        before = self.p.slope[layer].copy()
        if "derivative" in by_step:
            slope = self.slope(layer, by_step["derivative"])
            if slope is None:
                return None
            self.p.slope[layer][...] = slope
        if "cost_derivative" in by_step:
            error = self.computed("cost_derivative", by_step["cost_derivative"], layer)
            if error is None:
                return None
            self.p.error[...] = error
        result = self.computed(step, by_step.get(step), layer)
        self.p.slope[layer][...] = before
        return result

    def sums(self, layer: int, weights: Mutant | None, biases: Mutant | None) -> tuple[Array | None, Array | None]:
        """SV[l] and Sb[l] from the loaded delta."""
        return self.computed("weight_gradient", weights, layer), self.computed("bias_gradient", biases, layer)

    def gradient(self, layer: int, SV: Array, Sb: Array, reduced: Mutant | None, penalty: Mutant | None,
                 ) -> Array | None:
        """G[l] from the sums."""
        self.p.SV[layer][...], self.p.Sb[layer][...] = SV, Sb
        G = self.computed("reduce", reduced, layer)
        R = self.penalty(layer, penalty)
        return None if G is None or R is None else G + R

    def penalty(self, layer: int, mutant: Mutant | None) -> Array | None:
        """R[l]; 0 where the architecture has no penalty."""
        if not self.p.architecture.l2:
            return np.zeros_like(self.p.G[layer])
        return self.computed("penalty_gradient", mutant, layer)

    def unreduced(self, layer: int, G: Array, mutant: Mutant | None) -> tuple[Array, Array] | None:
        """SV[l] and Sb[l] that this reduction makes to G; None where they cannot be got back."""
        first = 0 if self.biased[layer] else 1
        if mutant is None:
            return G[..., 1:] / self.p.scale, G[..., 0] / self.p.scale
        S = np.zeros_like(G)
        turned = self._inverse("reduce", layer, mutant)
        found = None if turned is None else turned.solved(G[..., first:])
        if found is None:
            return None
        S[..., first:] = found.reshape(S[..., first:].shape)
        return S[..., 1:], S[..., 0]

    def reductions(self, layer: int, sizes: bool = True) -> list[tuple[Mutant, ...]]:
        """The reductions of the catalogue that differ here from the right one; those that are the same together.

        sizes  are those among them that are a multiple of the right one?
        """
        groups: list[tuple[Array, list[Mutant]]] = []
        right = self._columns("reduce", layer, None)
        for mutant in mutants("reduce"):
            columns = self._columns("reduce", layer, mutant)
            if columns is None or right is None or same(columns, right):
                continue
            if not sizes and factor(columns.swapaxes(0, 1), right.swapaxes(0, 1)) is not None:
                continue
            known = next((group for made, group in groups if same(made, columns)), None)
            if known is None:
                groups.append((columns, [mutant]))
            else:
                known.append(mutant)
        return [tuple(group) for _, group in groups]

    def delta_from(self, step: str, layer: int, asked: Array, mutant: Mutant | None) -> Array | None:
        """The delta[l] of which this step makes what was asked, the same for all examples; None where there is none."""
        turned = self._inverse(step, layer, mutant)
        found = None if turned is None else turned.solved(asked)
        return None if found is None else np.broadcast_to(found[:, None, :], self.p.delta[layer].shape).copy()

    def _inverse(self, step: str, layer: int, mutant: Mutant | None) -> Inverse | None:
        key = (step, layer, mutant.id if mutant is not None else "")
        if key not in self._inverses:
            columns = self._columns(step, layer, mutant)
            first = 1 if step == "reduce" and not self.biased[layer] else 0
            self._inverses[key] = None if columns is None else inverse(columns[..., first:])
        return self._inverses[key]

    def _columns(self, step: str, layer: int, mutant: Mutant | None) -> Array | None:
        """What a step makes of each unit vector put where it takes its values from: (units, K, ...).

        A reduction is a map of its own, whatever the network: one network stands for all.
        """
        key = (step, layer, mutant.id if mutant is not None else "")
        if key not in self._made:
            self._made[key] = self._reduced(layer, mutant) if step == "reduce" else self._summed(step, layer, mutant)
        return self._made[key]

    def _summed(self, step: str, layer: int, mutant: Mutant | None) -> Array | None:
        delta = self.p.delta[layer]
        before = delta.copy()
        found: list[Array | None] = []
        for unit in range(delta.shape[-1]):
            delta[...] = 0.0
            delta[..., unit] = 1.0
            found.append(self.computed(step, mutant, layer))
        delta[...] = before
        made = [f for f in found if f is not None]
        return np.stack(made) if len(made) == len(found) else None

    def _reduced(self, layer: int, mutant: Mutant | None) -> Array | None:
        S = self.p.S[layer]
        first = 0 if self.biased[layer] else 1
        places = list(np.ndindex(S.shape[1], S.shape[2] - first))
        found: list[Array] = []
        for start in range(0, len(places), len(S)):  # as many unit vectors at a time as there are networks
            S[...] = 0.0
            part = places[start : start + len(S)]
            for k, (row, column) in enumerate(part):
                S[k, row, column + first] = 1.0
            result = self.computed("reduce", mutant, layer)
            if result is None:
                return None
            found += list(result[: len(part)])
        return np.stack(found)[:, None]


def without_noise(g: Array, G: Sequence[Array]) -> Array:
    """A layer's gradient; weights or biases that are rounding beside the rest ``G`` are 0."""
    largest = np.concatenate([np.abs(x).reshape(len(x), -1).max(axis=1, keepdims=True) for x in G], axis=1)
    return np.concatenate([snapped(g[..., :1], largest), snapped(g[..., 1:], largest)], axis=-1)


def drawn(architecture: Architecture, gradient: Gradient, networks: int, examples: int, biased: Sequence[bool],
          seed: int, alike: bool) -> Board | None:
    """Ask the gradient of drawn networks; None where it raises or gives no finite numbers.

    alike  all examples of a network are the same one: then the sums over examples say what each example gives
    """
    rng = np.random.default_rng(seed)
    chosen = []
    for _ in range(networks):
        network = random_network(architecture, 1 if alike else examples, rng)
        for k, has in enumerate(biased):
            network.W[k][:, 0] *= float(has)
        X, Y = np.repeat(network.X, examples if alike else 1, 0), np.repeat(network.Y, examples if alike else 1, 0)
        G = _asked(gradient, network.W, X, Y)
        if G is None:
            return None
        chosen.append((network.W, X, Y, G))
    W, G = ([np.stack([c[i][k] for c in chosen]) for k in range(architecture.L)] for i in (0, 3))
    return Board(architecture, W, np.stack([c[1] for c in chosen]), np.stack([c[2] for c in chosen]), G, biased)


def _asked(gradient: Gradient, W: Sequence[Array], X: Array, Y: Array) -> list[Array] | None:
    try:
        with np.errstate(all="ignore"):
            given: Any = gradient([w.copy() for w in W], X.copy(), Y.copy())
    except (*FAULTS, ArithmeticError):
        return None
    if given is None:
        return None
    found = [np.asarray(g, dtype=float) for g in given]
    return found if all(g.shape == w.shape and np.isfinite(g).all() for g, w in zip(found, W, strict=True)) else None


def words(step: str) -> tuple[Mutant | None, ...]:
    """The right step and its mutants."""
    return (None, *mutants(step))
