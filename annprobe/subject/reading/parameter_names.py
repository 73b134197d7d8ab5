"""Names that weights and biases have, and the order that their numbers say."""

from __future__ import annotations

import re

_OFTEN = r"(?:initial_?|init_?|my_?)?"
_WEIGHT = re.compile(
    rf"^{_OFTEN}(w|weights?|theta|syn|wi|wo|wih|who|w_?[a-z]{{0,3}}|weights?_.*)_?(\d*)$", re.IGNORECASE
)
_BIAS = re.compile(
    rf"^{_OFTEN}(b|bias|biases|offsets?|thresholds?|sesgos?|umbral(?:es)?|vies(?:es)?|biais|seuils?|bh|bo|"
    r"b_?[a-z]{0,2}|bias_?.*)_?(\d*)$",
    re.IGNORECASE,
)

_GRADIENT = re.compile(
    r"^(?:d(?:l|c|j|e|loss|cost|error)_)?(?:grad_?|delta_?|nabla_?|d_?)(?=\w)|(?:_?grad(?:ient)?)$", re.IGNORECASE
)


def owner_of(name: str) -> str:
    """What is left of a name without the signs of a gradient: ``dW1``, ``dL_dW1`` and ``W1_grad`` are of ``W1``."""
    return _GRADIENT.sub("", name)


def is_gradient(name: str) -> bool:
    """Whether a variable of that name holds the gradient of weights or biases."""
    owner = owner_of(name)
    return owner != name and (is_weight(owner) or is_bias(owner))


def is_weight(name: str) -> bool:
    """Whether a variable of that name holds weights."""
    return _WEIGHT.match(name) is not None


def is_bias(name: str) -> bool:
    """Whether a variable of that name holds biases."""
    return _BIAS.match(name) is not None


def number_of(name: str) -> tuple[int, str]:
    """To sort names by: the number in it (inner before outer where letters say so), then the name."""
    found = re.search(r"\d+", name)
    return (int(found[0]) if found else {"i": 1, "h": 1, "o": 2}.get(name[-1:].lower(), 9), name)
