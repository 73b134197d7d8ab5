"""Names for the constants by which a whole gradient can be off: 1/N, 2, −1, and their products."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

OTHER = "other constant"


def constant_names(
    factor: float, uncertainty: float, *, n_examples: int | None = None, outputs: int | None = None
) -> tuple[str, ...]:
    """Every name that fits ``factor`` within ``uncertainty``, the simplest first; empty when none does.

    factor       the measured constant c in ``user = c · true``
    uncertainty  how far ``factor`` can be from the exact constant, same unit
    n_examples   N; without it no name contains N
    outputs      K, the number of outputs; without it no name contains K
    """
    fits = (name for name, value in _candidates(n_examples, outputs) if abs(factor - value) <= uncertainty)
    return tuple(dict.fromkeys(fits))


def _candidates(n_examples: int | None, outputs: int | None) -> Iterator[tuple[str, float]]:
    """(name, value), simple before composed, positive before negative."""
    n, k = n_examples or 1, outputs or 1
    powers_n = (0, 1, -1, -2, 2) if n > 1 else (0,)
    powers_k = (0, 1, -1) if k > 1 else (0,)
    for two, p, q in sorted(itertools.product((0, 1, -1, 2, -2), powers_n, powers_k), key=_complexity):
        value = 2.0**two * float(n) ** p * float(k) ** q
        name = quotient({"2": two, "N": p, "K": q})
        yield name, value
        yield "-" + name, -value
        if (two, p, q) == (0, -1, 0):  # after N and 1/N: Bessel's correction
            yield "N/(N-1)", n / (n - 1)
            yield "(N-1)/N", (n - 1) / n


def _complexity(exponents: tuple[int, ...]) -> float:
    """Fewer factors first; among equals N before 2 before K."""
    two, n, k = exponents
    return abs(two) + 0.9 * abs(n) + 1.1 * abs(k) + 0.5 * sum(e != 0 for e in exponents)


def quotient(exponents: dict[str, int]) -> str:
    """``{"2": 1, "N": -1}`` written as ``2/N``."""
    above = _product([_power(base, e) for base, e in exponents.items() if e > 0])
    below = [_power(base, -e) for base, e in exponents.items() if e < 0]
    if not below:
        return above
    return f"{above}/{below[0]}" if len(below) == 1 else f"{above}/({_product(below)})"


def _power(base: str, exponent: int) -> str:
    if base == "2":
        return str(2**exponent)
    return base if exponent == 1 else f"{base}²"


def _product(parts: list[str]) -> str:
    return "·".join(parts) if parts else "1"
