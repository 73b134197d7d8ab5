"""Usages of a class: construct it, hand it examples, find the method (or the few) that moves its parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from annprobe.subject.binding import Offer, bindings, data_offer, widths_offer
from annprobe.subject.callables import Class, Function
from annprobe.subject.examples import N_EXAMPLES, Form, examples, forms
from annprobe.subject.program import Program, unused
from annprobe.subject.state import Leaf, compare, leaves, matrices
from annprobe.subject.words import Role, Stage
from annprobe.subject.workshop import Workshop

_ORDER: tuple[Stage, ...] = ("train", "update", "backward", "other", "forward", "cost", "make")
_FORWARD_FIRST: tuple[Stage, ...] = ("forward", "other", "cost")


class Made:
    """One way to construct an object: the argument list, what the object holds, and the widths that fit it."""

    def __init__(self, kind: Class, arguments: str, held: dict[str, Leaf], sizes: tuple[int, ...] | None) -> None:
        self.kind = kind
        self.arguments = arguments
        self.held = held
        self.sizes = sizes

    def widths(self, asked: tuple[int, ...]) -> list[tuple[int, int]]:
        """(n_in, n_out) to try: as asked for, and as the shapes of what it holds say."""
        shapes = [shape for _, shape in matrices(self.held)]
        if self.sizes is not None or not shapes:
            return [(asked[0], asked[-1])]
        first, last = shapes[0], shapes[-1]
        rows, columns = (first[0], last[1]), (first[1], last[0])
        guesses = [rows, columns] if len(shapes) == 1 or first[1] in (last[0], last[0] - 1) else [columns, rows]
        with_bias = [(n_in - 1, n_out) for n_in, n_out in guesses if n_in > 1]
        without = [(n_in, n_out - 1) for n_in, n_out in guesses if n_out > 1]
        return list(dict.fromkeys([*guesses, *with_bias, *without, (asked[0], asked[-1])]))


def constructions(workshop: Workshop, kind: Class, sizes: tuple[int, ...]) -> list[Made]:
    """Argument lists that work, those first that give arrays of the widths asked for."""
    offer = widths_offer(sizes, N_EXAMPLES, workshop.namespace)
    data = {"X": unused("X", workshop.namespace), "Y": unused("Y", workshop.namespace)}
    offer = Offer(offer.by_name, {**offer.by_role, "X": (data["X"],), "Y": (data["Y"],)}, offer.plenty)
    made: list[tuple[int, Made]] = []
    for arguments in bindings(kind.constructor, offer, making=True):
        if not workshop.time_left:
            break
        variables = _renamed(examples(Form(), (sizes[0], sizes[-1])), data)
        result = workshop.attempt(f"net = {kind.name}({arguments})", variables)
        if result.worked:
            held = leaves(result.variables.get("net"))
            fits = _fits(held, sizes)
            made.append((fits, Made(kind, arguments, held, sizes if fits >= 2 else None)))
            if fits == 3:
                break
    made.sort(key=lambda pair: -pair[0])
    return [construction for _, construction in made][:4]


def _fits(held: dict[str, Leaf], sizes: tuple[int, ...]) -> int:
    """3: every weight matrix asked for is there; 2: some hidden width is; 1: there are matrices; 0: nothing yet."""
    shapes = [shape for _, shape in matrices(held)]
    if not shapes:
        return 2 if len(held) >= sum(a * b for a, b in zip(sizes, sizes[1:], strict=False)) else 0
    pairs = [{(a + i, b + j) for i in (0, 1) for j in (0, 1)} for a, b in zip(sizes, sizes[1:], strict=False)]
    found = [any(shape in pair or shape[::-1] in pair for shape in shapes) for pair in pairs]
    if all(found):
        return 3
    return 2 if any(found) else 1


def class_programs(workshop: Workshop, kind: Class, sizes: tuple[int, ...]) -> Iterator[Program]:
    """Usages of the class, on plain numpy shown to move numbers that it held before."""
    for made in constructions(workshop, kind, sizes):
        for widths in made.widths(sizes):
            for form in forms(widths[1]):
                if not workshop.time_left:
                    return
                yield from _programs(workshop, made, form, widths)


def _programs(workshop: Workshop, made: Made, form: Form, widths: tuple[int, int]) -> Iterator[Program]:
    names = {n: unused(n, workshop.namespace) for n in ("X", "Y", "data")}
    net = unused("net", workshop.namespace)
    offer = _offer(workshop, form, names)
    setup = (f"{net} = {made.kind.name}({made.arguments})",)
    base = Program(setup, (), form, widths, names, made.sizes)
    found = False
    for method in _ranked(made.kind):
        for arguments in bindings(method, offer, making=False):
            if not _takes_data(arguments, names, form) and not _data_inside(made, names):
                continue
            step = (f"{net}.{method.name}({arguments})",)
            if moves(workshop, base, step, net):
                found = True
                yield from repeated(base, step, method)
                break
    if not found:
        yield from _in_two_calls(workshop, made, base, offer, net)


def repeated(base: Program, step: tuple[str, ...], method: Function) -> Iterator[Program]:
    """A training runs once, a step several times."""
    order = (1, base.repeat) if method.stage == "train" and not base.form.one_by_one else (base.repeat,)
    for repeat in order:
        yield Program(base.setup, step, base.form, base.widths, base.names, base.sizes, repeat)


def _in_two_calls(
    workshop: Workshop, made: Made, base: Program, offer: Offer, net: str
) -> Iterator[Program]:
    """``out = net.forward(X)``, then what moves the parameters with it."""
    firsts = [m for m in _ranked(made.kind, _FORWARD_FIRST) if m.stage in _FORWARD_FIRST]
    for first in firsts[:4]:
        for arguments in list(bindings(first, offer, making=False))[:6]:
            if not _takes_data(arguments, base.names, base.form) and not _data_inside(made, base.names):
                continue
            call, results = assigned(f"{net}.{first.name}({arguments})", first, workshop)
            if not runs(workshop, base, (call,)):
                continue
            more = data_offer(_roles(base.form, base.names), offer, results=results)
            more = Offer(more.by_name, {**more.by_role, "output": tuple(results.values()),
                                        "cache": tuple(results.values())}, (*more.plenty, *results.values()))  # fmt: skip
            yield from _continued(workshop, made, base, (call,), more, net, first)
            break


def _continued(
    workshop: Workshop, made: Made, base: Program, before: tuple[str, ...], offer: Offer, net: str, first: Function
) -> Iterator[Program]:
    """The second and, where that moves nothing, the third call."""
    kept: list[tuple[str, dict[str, str]]] = []
    for method in _ranked(made.kind, ("update", "train", "backward", "other", "cost", "forward")):
        if method.name == first.name:
            continue
        for arguments in list(bindings(method, offer, making=False))[:24]:
            call, results = assigned(f"{net}.{method.name}({arguments})", method, workshop)
            if moves(workshop, base, (*before, call), net):
                yield Program(base.setup, (*before, call), base.form, base.widths, base.names, base.sizes)
                break
            if method.stage in ("backward", "other", "cost") and runs(workshop, base, (*before, call)):
                kept.append((call, results))
                break
    for call, results in kept[:4]:
        more = data_offer({}, offer, results=results)
        more = Offer(more.by_name, {**more.by_role, "grads": tuple(results.values())}, tuple(results.values()))
        for method in _ranked(made.kind, ("update", "other", "train", "backward")):
            for arguments in list(bindings(method, more, making=False))[:16]:
                step = (*before, call, f"{net}.{method.name}({arguments})")
                if moves(workshop, base, step, net):
                    yield Program(base.setup, step, base.form, base.widths, base.names, base.sizes)
                    break


def moves(workshop: Workshop, base: Program, step: tuple[str, ...], net: str) -> bool:
    """Whether the step changes numbers that were there before, and leaves their shapes as they were."""
    variables = _renamed(examples(base.form, base.widths), base.names)
    seen: list[dict[str, Leaf]] = []
    program = Program((), step, base.form, base.widths, base.names, base.sizes, 1)
    made = workshop.attempt("\n".join(base.setup), variables, lambda ns: seen.append(_watched(ns, net, workshop)))
    if not made.worked:
        return False
    text = "\n".join(base.setup) + "\n" + program.text
    done = workshop.attempt(text, variables, lambda ns: seen.append(_watched(ns, net, workshop)))
    if not done.worked or len(seen) < 2:
        return False
    change = compare(seen[0], seen[1])
    return change.kept and bool(change.changed) and _is_weightlike(change.changed, seen[0], seen[1])


def _watched(namespace: dict[str, Any], net: str, workshop: Workshop) -> dict[str, Leaf]:
    own = {n: v for n, v in namespace.items() if n in workshop.own_names and not n.startswith("__")}
    return {**leaves(namespace.get(net)), **leaves(own, "module")}


def _is_weightlike(changed: tuple[str, ...], before: dict[str, Leaf], after: dict[str, Leaf]) -> bool:
    """Something with entries that are not all equal moved: not only a counter, a cost or an empty cache."""
    arrays = [p for p in changed if before[p].shape and len(set(before[p].data)) > 1]
    return bool(arrays) or sum(1 for p in changed if before[p].shape == ()) >= 2 or _zero_start(changed, before, after)


def _zero_start(changed: tuple[str, ...], before: dict[str, Leaf], after: dict[str, Leaf]) -> bool:
    """Weights that start at zero are weights."""
    return any(len(before[p].shape) == 2 and after[p].finite for p in changed)


def runs(workshop: Workshop, base: Program, step: tuple[str, ...]) -> bool:
    """Whether the step runs at all."""
    variables = _renamed(examples(base.form, base.widths), base.names)
    program = Program(base.setup, step, base.form, base.widths, base.names, base.sizes, 1)
    return workshop.attempt(program.text, variables).worked


def assigned(call: str, function: Function, workshop: Workshop) -> tuple[str, dict[str, str]]:
    """The call with its results under the names that the function gives them: (statement, name -> variable)."""
    names = [unused(n, workshop.namespace) for n in function.returns]
    if not names or len(set(names)) < len(names):
        return (f"{unused('result', workshop.namespace)} = {call}", {"result": "result"}) if names else (call, {})
    results = dict(zip(function.returns, names, strict=True))
    return f"{', '.join(names)}{',' if function.returns_tuple and len(names) == 1 else ''} = {call}", results


def _ranked(kind: Class, order: tuple[Stage, ...] = _ORDER) -> list[Function]:
    """Methods to try, by what their names suggest; those that call others of the class first."""
    methods = [m for m in kind.methods.values() if m.stage in order]
    depth = {m.name: len(m.calls & set(kind.methods)) for m in methods}
    return sorted(methods, key=lambda m: (order.index(m.stage), m.name.startswith("__"), -depth[m.name], m.line))


def _roles(form: Form, names: dict[str, str] | Any) -> dict[Role, str]:
    if form.paired:
        return {"pairs": names["data"], "X": names["data"]}
    return {"X": "x", "Y": "y"} if form.one_by_one else {"X": names["X"], "Y": names["Y"]}


def _offer(workshop: Workshop, form: Form, names: dict[str, str]) -> Offer:
    base = widths_offer((3, 5, 2), N_EXAMPLES, {})
    roles = {role: text for role, text in base.by_role.items() if role not in ("n_in", "sizes", "n_out", "n_hidden")}
    return data_offer(_roles(form, names), Offer({}, roles, ()))


def _takes_data(arguments: str, names: Any, form: Form) -> bool:
    given = {part.split("=")[-1].strip() for part in arguments.split(",")}
    return bool(given & set(_roles(form, names).values()))


def _data_inside(made: Made, names: Any) -> bool:
    """The constructor took the examples."""
    return names["X"] in made.arguments


def _renamed(variables: dict[str, Any], names: Any) -> dict[str, Any]:
    return {names[key]: value for key, value in variables.items()}
