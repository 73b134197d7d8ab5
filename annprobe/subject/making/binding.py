"""Arguments for the user's functions: what each parameter could take, the likeliest combinations first."""

from __future__ import annotations

import itertools
import re
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from annprobe.subject.making.callables import Function, Parameter
from annprobe.subject.reading.words import Role, is_many, is_slope, roles_of, words

_MOST = 60  # combinations a function

_RATES = ("0.1",)
_NUMBERS: dict[Role, tuple[str, ...]] = {
    "rate": _RATES,
    "epochs": ("3",),
    "momentum": ("0.5",),
    "keep": ("1.0",),
    "reg": ("0.3",),  # at 0 a wrong penalty would not show
    "seed": ("0",),
    "flag": ("False",),
}
_NAME = re.compile(r"[A-Za-z_]\w*")
_FILE = re.compile(r"file|path|^fname")
_COPY = "{}.copy()"  # the same class numbers, or examples, again: they are as good as any
_TESTS = {"test", "val", "valid", "validation", "dev"}
_LOSSES = ("mse", "squared", "quadratic", "loss", "cost", "crossentropy", "entropy")
_ACTIVATIONS = ("sigmoid", "logistic", "tanh", "relu", "softmax", "linear", "identity")


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be handed over: ``by_name`` variables under their own names, ``by_role`` expressions for a role.

    plenty  expressions to try for a parameter of which nothing is known
    """

    by_name: Mapping[str, str] = field(default_factory=dict)
    by_role: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    plenty: tuple[str, ...] = ()


def widths_offer(widths: tuple[int, ...], n_examples: int, namespace: Mapping[str, Any]) -> Offer:
    """For constructors and initialisers: layer widths as a list, as single numbers, hidden ones apart."""
    hidden = [str(w) for w in widths[1:-1]] or ["4"]
    lists = (f"[{', '.join(map(str, widths))}]", f"({', '.join(map(str, widths))})")
    inner = (hidden[0], f"[{', '.join(hidden)}]")
    roles: dict[Role, tuple[str, ...]] = {
        **_NUMBERS,
        "sizes": (*lists, inner[1]),
        "n_in": (str(widths[0]), lists[0]),
        "n_hidden": inner,
        "n_out": (str(widths[-1]),),
        "depth": (str(len(widths) - 1), str(len(hidden)), str(len(widths))),
        "batch": (str(n_examples), "1"),
        "rng": _generators(namespace),
        "activation": (*_functions_named(namespace, _ACTIVATIONS), '"sigmoid"', '"tanh"', '"relu"'),
        "slope": _functions_named(namespace, _ACTIVATIONS, slopes=True),
        "loss": (*_functions_named(namespace, _LOSSES), '"mse"'),
        "loss_slope": _functions_named(namespace, _LOSSES, slopes=True),
    }
    return Offer(_globals(namespace), roles, ("0.1", str(widths[0]), *lists, inner[1], "None"))


def data_offer(names: Mapping[Role, str], offer: Offer, *, results: Mapping[str, str] | None = None) -> Offer:
    """``offer`` with the variables of the examples (by role) and with results of earlier calls (by name)."""
    roles = {**offer.by_role, **{role: (name,) for role, name in names.items()}}
    known = {**offer.by_name, **(results or {})}
    return Offer(known, roles, tuple(names.values()))


def bindings(function: Function, offer: Offer, *, making: bool) -> Iterator[str]:
    """Argument lists as text, the likeliest first; optional parameters keep their defaults unless data fits them."""
    if not making and not _data_fits(function, offer):
        return
    again = {} if making else {**_second_targets(function), **_held_out(function)}
    choices = [
        [_COPY.format(*offer.by_role.get(again[p], (again[p],)))] if p in again
        else _choices(p, offer, making=making, position=i)
        for i, p in enumerate(function.parameters)
    ]  # fmt: skip
    if function.variadic and not function.parameters:
        choices = [[offer.by_role["sizes"][0].strip("[]()")]] if making and "sizes" in offer.by_role else [[""]]
        yield from (text for (text,) in zip(*choices, strict=True))
        return
    ranked = itertools.islice(itertools.product(*[list(enumerate(c)) for c in choices]), 20_000)
    seen: set[str] = set()
    for combination in sorted(ranked, key=_unlikeliness):
        text = _arguments(function.parameters, [choice for _, choice in combination])
        if text not in seen and _sensible([choice for _, choice in combination], making):
            seen.add(text)
            yield text
            if len(seen) >= _MOST:
                return


def _held_out(function: Function) -> dict[Parameter, Role]:
    """Inputs and targets to test with, beside those to train with: ``homework(train_x, train_y, test_x)``."""
    roles = {p: next(iter(roles_of(p.name, making=False)), None) for p in function.required}
    tests = {p for p in roles if _TESTS & set(words(p.name))}
    others = {role for p, role in roles.items() if p not in tests}
    return {p: role for p, role in roles.items() if p in tests and role in ("X", "Y") and role in others}


def _second_targets(function: Function) -> dict[Parameter, Role]:
    """Class numbers beside other targets, as a network with two heads takes them: ``loss(x, y, k)``."""
    labels = tuple(p for p in function.required if p.labels)
    others = [p for p in function.required if not p.labels and roles_of(p.name, making=False)[:1] == ["Y"]]
    return dict.fromkeys(labels, "Y") if others else {}


def _data_fits(function: Function, offer: Offer) -> bool:
    """A training that wants one list of examples with their targets is not given inputs alone."""
    first = [_roles(p, making=False)[:1] for p in function.required]
    alone = ["pairs"] in first and ["Y"] not in first and function.stage != "forward"
    return not alone or "pairs" in offer.by_role


def _roles(parameter: Parameter, *, making: bool) -> list[Role]:
    """What the name suggests; inputs instead of a list of pairs where it is used as an array."""
    roles = roles_of(parameter.name, making=making)
    found: list[Role] = ["X" if role == "pairs" and parameter.array else role for role in roles]
    return list(dict.fromkeys(found))


def _unlikeliness(combination: tuple[tuple[int, str | None], ...]) -> int:
    return sum(rank for rank, _ in combination)


def _arguments(parameters: tuple[Parameter, ...], chosen: list[str | None]) -> str:
    """Positional as far as nothing was left out, then by keyword."""
    parts: list[str] = []
    skipped = False
    for parameter, text in zip(parameters, chosen, strict=True):
        if text is None:
            skipped = True
        else:
            parts.append(f"{parameter.name}={text}" if skipped or parameter.keyword_only else text)
    return ", ".join(parts)


def _sensible(chosen: list[str | None], making: bool) -> bool:
    """The same variable is never handed over twice, nor once alone and once in a tuple with others."""
    variables = [c for c in chosen if c is not None and (c.isidentifier() or " - " in c)]
    names = [c for c in variables if c not in ("None", "False", "True")]
    names += [name for c in chosen if c is not None and c.startswith("(") for name in _NAME.findall(c)]
    return making or len(names) == len(set(names))


def _choices(parameter: Parameter, offer: Offer, *, making: bool, position: int) -> list[str | None]:
    found: list[str | None] = []
    name = parameter.name
    roles = _roles(parameter, making=making)
    exact = offer.by_name.get(name) or offer.by_name.get(name.lower())
    certain = _certain(parameter, offer, roles, exact, making)
    if certain:
        return _unique(certain)
    if exact is not None:
        found.append(exact)
    for role in roles:
        texts = offer.by_role.get(role, ())
        if role == "activation" and name.lower().endswith("s"):  # one for each layer
            depth = offer.by_role.get("depth", ("2",))[0]
            found += [f"[{text}] * {depth}" for text in texts]
        found += reversed(texts[:2]) if role == "n_hidden" and is_many(name) else texts
    found = [*_named_strings(parameter, offer), *found, *_annotated(parameter, offer)]
    found += ['"file"'] if _FILE.search(name.lower()) else []
    if parameter.optional:
        nothing: list[str | None] = [None]
        data = {"X", "Y", "pairs"} & set(roles) or exact is not None
        needed = parameter.default is None and bool(roles) and roles[0] in ("sizes", "n_in", "n_out", "n_hidden")
        return _unique([*found, None]) if (data and found) or (making and needed) else _unique(nothing + _sizes(found))
    if not found and not making and roles[:1] in (["params"], ["theta"], ["grads"]):
        return []  # without parameters there is nothing to call it with
    if found and (parameter.strings or not making):
        return _unique(found)  # a name that says what it is, is not tried with something else
    return _unique([*found, *offer.plenty]) or ["None"]


def _certain(
    parameter: Parameter, offer: Offer, roles: list[Role], exact: str | None, making: bool
) -> list[str | None]:
    """The only choices, where its use or its name leaves no others; else none."""
    name = parameter.name
    if making:
        return ["True", "False"] if parameter.tested and not parameter.optional else []
    if parameter.rate and not parameter.optional and len(name) == 1 and roles[:1] != ["grads"]:
        return list(offer.by_role.get("rate", _RATES))
    if exact is not None and not parameter.optional and any(c.isdigit() for c in name):
        return [exact]  # a numbered name is not tried with something else
    if parameter.optional and roles[:1] in (["X"], ["Y"]) and _TESTS & set(words(name)):
        return [None, *map(_COPY.format, offer.by_role.get(roles[0], ())[:1])]
    return []


def _named_strings(parameter: Parameter, offer: Offer) -> list[str]:
    """The strings that the module compares it with, smooth activations and squared errors first; lists where asked."""
    liked = [*_ACTIVATIONS, *_LOSSES]
    ranks = {s: next((i for i, stem in enumerate(liked) if stem in s.lower()), len(liked)) for s in parameter.strings}
    texts = [repr(s) for s in sorted(parameter.strings, key=lambda s: ranks[s])]
    if not (parameter.indexed or is_many(parameter.name)):
        return texts
    return [f"[{text}] * {depth}" for text in texts[:2] for depth in offer.by_role.get("depth", ("2",))[::-1]]


def _sizes(found: list[str | None]) -> list[str | None]:
    """Of optional parameters only widths are worth a second try."""
    widths: list[str | None] = [text for text in found if text and (text.isdigit() or text.startswith("["))]
    return widths[:1]


def _annotated(parameter: Parameter, offer: Offer) -> list[str | None]:
    kind = parameter.annotation.lower()
    if "list" in kind or "sequence" in kind or "tuple" in kind:
        return list(offer.by_role.get("sizes", ())[:1])
    if kind == "int":
        return list(offer.by_role.get("n_in", ())[:1])
    return ["0.1"] if kind == "float" else ["False"] if kind == "bool" else []


def _unique(texts: list[str | None]) -> list[str | None]:
    return list(dict.fromkeys(texts))


def _globals(namespace: Mapping[str, Any]) -> dict[str, str]:
    """Constants of the module, for parameters of the same name (``layers`` for ``LAYERS``)."""
    return {
        name.lower(): name
        for name, value in namespace.items()
        if not name.startswith("_")
        and not callable(value)
        and not isinstance(value, types.ModuleType)
        and type(value).__name__ not in ("RandomState", "Generator", "Inert")
    }


def _generators(namespace: Mapping[str, Any]) -> tuple[str, ...]:
    """Random generators, by the names under which the module has numpy and ``random``."""
    names = {value.__name__: name for name, value in namespace.items() if isinstance(value, types.ModuleType)}
    texts = [f"{names['numpy']}.random.{kind}(0)" for kind in ("RandomState", "default_rng") if "numpy" in names]
    python = names.get("random", "__import__('random')")
    return (*texts, f"{python}.Random(0)", "0")


def _functions_named(namespace: Mapping[str, Any], stems: tuple[str, ...], *, slopes: bool = False) -> tuple[str, ...]:
    """The module's functions and classes of these names; ``slopes``: those that are derivatives of such."""
    own = [n for n, v in namespace.items() if callable(v) and not n.startswith("_") and is_slope(n) == slopes]
    found = []
    for stem in stems:
        matching = [n for n in own if stem in n.lower().replace("_", "")]
        found += [f"{n}()" if isinstance(namespace[n], type) else n for n in matching[:1]]
    return tuple(dict.fromkeys(found))[:2]
