"""What layers are given: shapes of arrays, and settings, from what is documented, or from the parameters' names.

Layers that come alone do not say with what they fit together; a batch of one width, a step of a recurrent network and
a picture look alike until they are multiplied. So whole systems of shapes that fit each other are offered.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Array:
    """An array to be made: normal numbers, or whole ones below ``classes``."""

    shape: Shape
    classes: int = 0


Argument = Array | str | dict[str, "Argument"]  # an array, an expression, or a dictionary of such
Filling = dict[str, Argument]  # parameter -> what it is given

_N, _D, _H, _T = 6, 4, 3, 3  # examples, inputs, hidden units, moments in time
_MOST = 150  # fillings, where each parameter has its own choices

_SETTINGS: tuple[tuple[str, str], ...] = (
    (r"param|conf|opt", "dict(stride=1, pad=1, mode='train', p=0.5, pool_height=2, pool_width=2, f=2)"),
    (r"stride", "1"),
    (r"pad", "1"),
    (r"(^|_)(keep|p|rate|drop)(_?(prob|rate|out))?$", "0.5"),
    (r"seed", "0"),
    (r"eps", "1e-5"),
    (r"mode", "'train'"),
    (r"^(in|n_?in|c_?in|n_c_prev)$|in_?(channels?|ch|c|maps)$|^(num_)?channels$", "2"),
    (r"^(out|n_?out|c_?out|n_c)$|out_?(channels?|ch|c|maps)$|^(num_|n_)?(filters|kernels)$", "3"),
    (r"in_?(features|dim|size)$|^(n_x|d|fan_in|input_dim|inputs)$", "4"),
    (r"(out|hidden)_?(features|dim|size|units)$|^(n_a|n_h|units|hidden|fan_out|outputs)$", "3"),
    (r"(^|_)n?_?heads?$", "2"),
    (r"^(size|pool(_?(size|height|width))?|k)$", "2"),
    (r"kernel(_?(size|dim|height|width))?$|filter_?(size|dim)$|^(f|kh|kw|fh|fw|hh|ww|ksize)$", "3"),
    (r"^(count|number|num|n|nodes)$", "3"),
    (r"(^|_)(dim|size|features|units|width|d_?model|embed(ding)?|neurons)$", "4"),
)
_SHAPES: tuple[tuple[str, tuple[Shape, ...]], ...] = (
    (r"^(w|weights?|wx|wh|u|v|kernels?|filters?|theta)\w*$", ((4, 3), (3, 4), (3, 2, 3, 3), (3, 3), (4,))),
    (r"^(b|bias|beta|c)\w*$", ((3,), (1, 3), (4,), (2,), (3, 1))),
    (r"^(g|gamma|scale|s)\w*$", ((4,), (2,), (1, 4), (3,))),
    (r"^(h|prev_h|h0|hprev|h_prev|state|c0|prev_c)\w*$", ((6, 3), (3,), (3, 6))),
    (r"", ((6, 4), (6, 2, 5, 5), (6, 2, 4), (4,), (4, 6), (6, 5, 5, 2), (6, 5, 5), (6, 5, 3), (3, 4, 1))),
)
_CLASSES = re.compile(r"^(idxs?|ids?|indices|index|tokens?|word_?ids?)$", re.IGNORECASE)  # whole numbers
_SETTING_KEYS = frozenset(("stride", "pad", "mode", "p", "f", "seed", "eps", "momentum", "pool_height", "pool_width"))

# Letters under which sizes are documented, as they are written in courses and papers.
_LETTERS: tuple[tuple[str, int], ...] = (
    (r"n_?[HW](_?prev)?|H_?in|W_?in", 5),
    (r"n_?C_?prev|C|C_?in|in_channels|channels", 2),
    (r"n_?C|F|C_?out|out_channels|num_filters|filters", 3),
    (r"HH|WW|f|k|K?H|K?W|kh|kw|fh|fw|kernel(_size)?|filter_size", 3),
    (r"N|m|B|bs|batch(_?size)?|n_?(examples|samples)|num_\w+", _N),
    (r"T(_?[xy])?|seq(_?len(gth)?)?|steps|L", _T),
    (r"D|n_?x|n_?in|input_?(dim|size)|D_?in|d_?in|in_features|I|E", _D),
    (r"H|n_?[ah]|hidden(_?(dim|size|units))?|units|h", _H),
    (r"M|n_?y|n_?out|output_?(dim|size)|D_?out|out_features|O|V|K", 5),
)


def fillings(
    parameters: Iterable[str],
    keys: Mapping[str, tuple[str, ...]],
    docs: Iterable[str],
    loops: bool,
    data: str = "",
) -> Iterator[Filling]:
    """What a layer may be given, the likeliest first.

    keys   for a parameter that is a dictionary: the keys that are read from it
    docs   texts that may say shapes, the layer's own first
    loops  whether the layer loops, as one that runs through time does
    data   the parameter that takes the input, whatever it is called: ``inputs`` may be their number elsewhere
    """
    names = list(parameters)
    inner = {name: [k for k in keys[name] if k not in _SETTING_KEYS] for name in names if name in keys}
    flat = [n for name in names for n in (inner.get(name) or [name])]
    known = {n: Array((_N,), 3) for n in flat if _CLASSES.match(n)} | _documented(flat, docs)
    systems = _systems(flat, known, {n: text for n in flat if n != data and (text := setting(n))}, loops)
    for system in systems:
        yield {name: _assembled(name, inner.get(name), system) for name in names}


def _assembled(name: str, keys: list[str] | None, system: Filling) -> Argument:
    return {key: system[key] for key in keys} if keys else system[name]


def _systems(
    names: list[str], known: Mapping[str, Array], settings: Mapping[str, str], loops: bool
) -> Iterator[Filling]:
    set_ones: Filling = {name: text for name, text in settings.items() if name not in known}
    free = [name for name in names if name not in known and name not in set_ones]
    if known:
        for shapes in itertools.islice(itertools.product(*(_shapes(name) for name in free)), 12):
            yield {**set_ones, **known, **dict(zip(free, map(Array, shapes), strict=True))}
    arrays = [name for name in names if name not in set_ones or name in known]
    if any(re.search(_STATE, name.lower()) for name in arrays) or all(
        any(re.search(way, name.lower()) for name in arrays) for way in (_FROM_INPUT, _FROM_STATE)
    ):
        for system in _recurrent(arrays, loops):
            yield {**set_ones, **system}
    if any(name.lower().startswith(_KERNELS) for name in arrays):
        for way in _PICTURES:
            yield {**set_ones, **{name: Array(_of_pictures(name.lower(), way)) for name in arrays}}
    for shapes in itertools.islice(itertools.product(*(_shapes(name) for name in arrays)), _MOST):
        yield {**set_ones, **dict(zip(arrays, map(Array, shapes), strict=True))}


def setting(name: str) -> str | None:
    """An expression for a parameter that is no array, by its name."""
    return next((text for pattern, text in _SETTINGS if re.search(pattern, name.lower())), None)


def _shapes(name: str) -> tuple[Shape, ...]:
    return next(shapes for pattern, shapes in _SHAPES if re.search(pattern, name.lower()))


# --- recurrent layers: x, h and what lies between them ---------------------------------------------------------------

_STATE = r"^(prev_?)?[hac](_?(prev|t|0|old|last|init|next))*$|^(state|hidden)"
_FROM_INPUT = r"^[wu]_?(x|ax|xh|ih|hx|xa|in|i2h)[a-z]?$|^u$"
_FROM_STATE = r"^[wu]_?(h|aa|hh|ah|rec|h2h)[a-z]?$|^w$|^v$"
_TO_OUTPUT = r"^[wv]_?(y|ya|hy|ay|out)$"
_OUTPUT_BIAS = r"^b_?y$"


def _recurrent(names: list[str], loops: bool) -> Iterator[Filling]:
    """Gates x rows, columns or single examples x (for layers that loop) where time stands."""
    single = [(False, w) for w in ("rows", "columns", "vector", "column")]
    several = [(True, w) for w in ("rows", "columns", "time first", "steps")]
    for (sequence, way), gates in itertools.product([*several, *single] if loops else [*single, *several], (1, 4, 3)):
        yield {name: Array(_in_cell(name.lower(), way, gates, sequence)) for name in names}


def _in_cell(name: str, way: str, gates: int, sequence: bool) -> Shape:
    rows = way in ("rows", "time first")
    wide = gates * _H
    if re.search(_STATE, name):
        return {"rows": (_N, _H), "time first": (_N, _H), "columns": (_H, _N), "vector": (_H,)}.get(way, (_H, 1))
    if name.startswith("b"):
        size = 5 if re.search(_OUTPUT_BIAS, name) else wide
        return (size,) if rows or way == "vector" else (size, 1)
    if name.startswith(("w", "u", "v")):
        if re.search(_TO_OUTPUT, name):
            shape = (5, _H)
        elif re.search(_FROM_INPUT, name):
            shape = (wide, _D)
        else:
            shape = (wide, _H) if re.search(_FROM_STATE, name) else (wide, _H + _D)
        return shape[::-1] if rows else shape
    if not sequence:
        return {"rows": (_N, _D), "columns": (_D, _N), "vector": (_D,)}.get(way, (_D, 1))
    return {"rows": (_N, _T, _D), "time first": (_T, _N, _D), "columns": (_D, _N, _T)}.get(way, (_T, _D, 1))


# --- convolutions: pictures, kernels, biases -------------------------------------------------------------------------

_KERNELS = ("w", "k", "filter", "theta")
_PICTURES: tuple[tuple[Shape, Shape, Shape], ...] = (
    ((4, 2, 5, 5), (3, 2, 3, 3), (3,)),
    ((4, 2, 5, 5), (3, 2, 3, 3), (3, 1)),
    ((4, 5, 5, 2), (3, 3, 2, 3), (1, 1, 1, 3)),
    ((4, 5, 5, 2), (3, 3, 2, 3), (3,)),
    ((2, 5, 5), (3, 2, 3, 3), (3,)),
    ((2, 5, 5), (3, 2, 3, 3), (3, 1)),
    ((4, 5, 5), (3, 3), (1,)),
    ((5, 5), (3, 3, 3), (3,)),
    ((5, 5), (3, 3), (1,)),
    ((4, 2, 5), (3, 2, 3), (3,)),
    ((5,), (3,), (1,)),
)


def _of_pictures(name: str, way: tuple[Shape, Shape, Shape]) -> Shape:
    picture, kernel, bias = way
    return kernel if name.startswith(_KERNELS) else bias if name.startswith("b") else picture


# --- what is documented ----------------------------------------------------------------------------------------------


def _documented(names: Iterable[str], docs: Iterable[str]) -> dict[str, Array]:
    """Shapes that a text gives in letters or numbers: ``x: inputs, of shape (N, D)``."""
    found: dict[str, Array] = {}
    for doc, name in itertools.product(docs, names):
        if name in found or setting(name) is not None:
            continue
        for said in re.finditer(rf"(?<![\w.]){re.escape(name)}(?![\w(])([^()]{{0,110}}?)\(([^()]*)\)", doc):
            shape = _read(said[2])
            if shape:
                whole = bool(re.search(r"\bint(eger)?s?\b|\bindices\b|\btokens?\b", said[1], re.IGNORECASE))
                found[name] = Array(shape, 3 if whole else 0)
                break
    return found


def _read(text: str) -> Shape | None:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if any("..." in part for part in parts):  # (N, d_1, ..., d_k): any number of axes; one is enough
        parts = [*parts[:1], "D"]
    sizes = [_size(part, set(parts)) for part in parts]
    return tuple(size for size in sizes if size) if parts and all(sizes) else None


def _size(text: str, beside: set[str]) -> int:
    """A size from ``N``, ``4H``, ``4 * H``, ``n_a + n_x`` or ``3``; 0 where it is none of these."""
    total = 0
    for term in text.split("+"):
        match = re.fullmatch(r"\s*(\d*)\s*\*?\s*([A-Za-z]\w*)?\s*", term)
        if match is None or not (match[1] or match[2]):
            return 0
        letter = _letter(match[2], beside) if match[2] else 1
        total += int(match[1] or 1) * letter
    return total if total <= 40 else 0


def _letter(name: str, beside: set[str]) -> int:
    if name in ("H", "W") and {"H", "W"} <= beside:
        return 5  # a picture's
    return next((size for pattern, size in _LETTERS if re.fullmatch(pattern, name)), 0)


def keys_read(tree: ast.AST, function: str) -> dict[str, tuple[str, ...]]:
    """For each parameter of the function that is a dictionary: the keys that its body reads from it."""
    node = next((n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.name == function), None)
    if node is None:
        return {}
    names = {a.arg for a in node.args.args}
    inner = sorted((n for n in ast.walk(node) if isinstance(n, ast.Subscript)), key=lambda n: (n.lineno, n.col_offset))
    read = [
        (n.value.id, n.slice.value)
        for n in inner
        if isinstance(n.value, ast.Name) and n.value.id in names
        and isinstance(n.slice, ast.Constant) and isinstance(n.slice.value, str) and isinstance(n.ctx, ast.Load)
    ]  # fmt: skip
    return {name: tuple(dict.fromkeys(key for other, key in read if other == name)) for name, _ in read}
