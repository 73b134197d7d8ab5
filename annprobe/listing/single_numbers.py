"""Edits of products in networks that are written number by number: a factor of one number, or one for each term."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from annprobe.listing.edits import Change, user_of, works
from annprobe.listing.proportion import constant
from annprobe.listing.scene import Scene, Several
from annprobe.listing.terms import flatten, parts_of

_CANDIDATES = 300


def missing_number(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """An error that is not multiplied with the weight, or the input, that it has to be multiplied with."""
    if not _is_number(scene, region[-1]):
        return
    for error in (n for n in scene.outside(region) if n in scene.error and _is_number(scene, n)):
        values = scene.values(error)
        for candidate in _factors(scene, region[-1], demand):
            if time.process_time() > deadline:
                return
            several = [float(v) * float(w) for v, w in zip(values, scene.values(candidate), strict=True)]
            if c := works(scene, region, {error: several}, demand):
                yield Change("product", user_of(scene, region, error), error, candidate, "x * y", c)


def missing_numbers(scene: Scene, region: list[int], demand: Several, deadline: float) -> Iterator[Change]:
    """The same for every term of a sum, each with a weight of its own: ``error += delta[k]``."""
    node = region[-1]
    terms = flatten(scene, node) if _is_number(scene, node) else []
    parts = parts_of(scene, demand, None) if len(terms) > 1 else []
    if len(parts) != len(terms):
        return
    named: tuple[int, int] | None = None
    factor = 0.0
    for term, sign in terms:
        for part in parts:
            found = [
                (weight, c)
                for weight in scene.found.tape[part.consumer].inputs
                if (c := constant(_times(scene, term, weight, sign), part.value)) is not None
            ]
            if found and (not factor or abs(found[0][1] - factor) <= _NEAR * abs(factor)):
                named, factor = named or (term, found[0][0]), factor or found[0][1]
                parts = [p for p in parts if p is not part]
                break
        else:
            return
    if named is not None:
        yield Change("product", node, named[0], named[1], "x * y", factor)


_NEAR = 1e-7


def _times(scene: Scene, term: int, weight: int, sign: int) -> Several:
    return [sign * float(v) * float(w) for v, w in zip(scene.values(term), scene.values(weight), strict=True)]


def _is_number(scene: Scene, node: int) -> bool:
    value = scene.found.tape.value(node)
    return not isinstance(value, tuple) and np.ndim(value) == 0


def _factors(scene: Scene, node: int, demand: Several) -> list[int]:
    """Numbers that the forward pass multiplies with: first those with the parameter whose gradient is demanded."""
    tape = scene.found.tape
    products = [n for n in scene.forward if tape[n].op == "multiply" and scene.related(node, n)]
    owners = [v for v in scene.versions if (a := scene.adjoint(v)) is not None and _is_number(scene, v)
              and constant(demand, a) is not None]  # fmt: skip
    products.sort(key=lambda n: not any(v in tape[n].inputs for v in owners))
    pool = dict.fromkeys(i for n in products for i in tape[n].inputs if _is_number(scene, i))
    return [n for n in pool if n not in owners][:_CANDIDATES]
