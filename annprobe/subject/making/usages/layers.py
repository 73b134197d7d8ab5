"""Usages of layer objects: a few of the module's layers in a container of its own, or one after the other in a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from annprobe.subject.making.binding import Offer, bindings, widths_offer
from annprobe.subject.making.callables import Class, Function
from annprobe.subject.making.descent import RATE
from annprobe.subject.making.program import Program, unused
from annprobe.subject.making.trial import moves, runs, start, using, with_results
from annprobe.subject.making.usages.functions import with_functions
from annprobe.subject.making.usages.objects import constructions, one_call, several_calls
from annprobe.subject.making.workshop import Workshop
from annprobe.subject.running.state import leaves, matrices
from annprobe.subject.surroundings.examples import N_EXAMPLES, Form

_ADDING = ("add", "append", "push", "attach", "insert")
_FORMS = (Form("rows"), Form("columns"), Form("column examples"), Form("row examples"), Form("examples"))


@dataclass(frozen=True, slots=True)
class Layers:
    """Texts that construct the layers of a small network, and how they are called."""

    texts: tuple[str, ...]
    forward: str
    backward: str


def layer_programs(
    workshop: Workshop,
    classes: dict[str, Class],
    functions: dict[str, Function],
    sizes: tuple[int, ...],
    *,
    contained: bool,
) -> Iterator[Program]:
    """Networks out of the module's layers; nothing where it has none. ``contained``: in a class that holds layers."""
    for layers in _stacks(workshop, classes, sizes) if len(sizes) == 3 else ():
        if not workshop.time_left:
            return
        if contained:
            yield from _contained(workshop, classes, functions, layers, sizes)
        else:
            yield from _listed(workshop, functions, layers, sizes)


def _stacks(workshop: Workshop, classes: dict[str, Class], sizes: tuple[int, ...]) -> Iterator[Layers]:
    """Weights, activation, weights: for each class that holds a weight matrix, with and without an activation."""
    with_both = {
        name: kind
        for name, kind in classes.items()
        if _method(kind, "forward") and _method(kind, "backward")
        and not any(m.stage == "train" for m in kind.methods.values())
    }  # fmt: skip
    activations = [text for c in with_both.values() for text in _activation(workshop, c)]
    for kind in with_both.values():
        texts = []
        for n, m in ((sizes[0], sizes[1]), (sizes[1], sizes[2])):
            made = [made for made in constructions(workshop, kind, (n, m)) if made.fits == 3]
            texts += [f"{kind.name}({made[0].arguments})"] if made else []
        forward, backward = _method(kind, "forward"), _method(kind, "backward")
        if len(texts) == 2 and forward is not None and backward is not None:
            for activation in activations[:1]:
                yield Layers((texts[0], activation, texts[1], activation), forward.name, backward.name)
            yield Layers((*texts,), forward.name, backward.name)


def _method(kind: Class, stage: str) -> Function | None:
    """The method that takes one value forward, or one back."""
    found = [m for m in kind.methods.values() if m.stage == stage and len(m.parameters) >= 1 and len(m.required) <= 2]
    exact = [m for m in found if m.name.strip("_").lower() in (stage, "fprop", "bprop", "call")]
    return (exact or found or [None])[0]  # type: ignore[list-item]  # None where there is no such method


def _activation(workshop: Workshop, kind: Class) -> Iterator[str]:
    """Constructions that hold no weights and give what is as large as what they are given."""
    forward = _method(kind, "forward")
    if forward is None:
        return
    program = start(workshop, (), Form(), (3, 2))
    offer = widths_offer((3, 3), N_EXAMPLES, workshop.namespace)
    for arguments in list(bindings(kind.constructor, offer, making=True))[:4]:
        text = f"{kind.name}({arguments})"
        x = program.names["X"]
        new = runs(workshop, program, f"layer = {text}")
        made = runs(workshop, program, f"layer = {text}", f"out = layer.{forward.name}({x})") if new else None
        if new is None or made is None or matrices(leaves(new["layer"])):
            continue
        if getattr(made["out"], "shape", None) == made[x].shape and (made["out"] != made[x]).any():
            yield text
            return


def _contained(
    workshop: Workshop,
    classes: dict[str, Class],
    functions: dict[str, Function],
    layers: Layers,
    sizes: tuple[int, ...],
) -> Iterator[Program]:
    """A class of the module that holds layers: it takes a list, or has a method that adds one."""
    net = unused("net", workshop.namespace)
    for kind in classes.values():
        if any(text.startswith(f"{kind.name}(") for text in layers.texts):
            continue
        for setup in _filled(workshop, kind, layers, net):
            for form in _FORMS:
                program = start(workshop, setup, form, (sizes[0], sizes[-1]), sizes=sizes)
                if runs(workshop, program, *setup) is None or not workshop.time_left:
                    break
                yield from one_call(workshop, kind, program, net, False)
                yield from with_functions(workshop, program, functions, net)
                yield from several_calls(workshop, kind, program, net, False)


def _filled(workshop: Workshop, kind: Class, layers: Layers, net: str) -> Iterator[tuple[str, ...]]:
    whole = f"[{', '.join(layers.texts)}]"
    required = kind.constructor.required
    offer = widths_offer((3, 2), N_EXAMPLES, workshop.namespace)
    if required or kind.constructor.variadic:
        first = whole if required else ", ".join(layers.texts)
        rest = replace(kind.constructor, parameters=kind.constructor.parameters[1:], variadic=False)
        for arguments in list(bindings(rest, Offer(offer.by_name, offer.by_role, ()), making=True))[:3]:
            yield (f"{net} = {kind.name}({', '.join(filter(None, (first, arguments)))})",)
    adding = next((m for m in kind.methods.values() if m.name.lower().startswith(_ADDING)), None)
    if adding is not None and not required:
        lines = [f"{net} = {kind.name}()", *(f"{net}.{adding.name}({text})" for text in layers.texts)]
        for method in kind.methods.values():  # net.use(mse, mse_prime), net.compile(...)
            if method.name.lower() in ("use", "compile", "set_loss", "setup", "loss", "use_loss"):
                for arguments in list(bindings(method, offer, making=True))[:3]:
                    yield (*lines, f"{net}.{method.name}({arguments})")
        yield tuple(lines)


def _listed(
    workshop: Workshop, functions: dict[str, Function], layers: Layers, sizes: tuple[int, ...]
) -> Iterator[Program]:
    """No container: the layers in a list, the error of the output handed back through them."""
    name = unused("layers", workshop.namespace)
    whole = f"{name} = [{', '.join(layers.texts)}]"
    for form in _FORMS:  # train(layers, X, Y)
        program = start(workshop, (whole,), form, (sizes[0], sizes[-1]), sizes=sizes)
        yield from with_functions(workshop, program, functions, name)
    for form in _FORMS:
        program = start(workshop, (whole,), form, (sizes[0], sizes[-1]), sizes=sizes)
        x, y = (program.names[k] for k in (("x", "y") if form.one_by_one else ("X", "Y")))
        ahead = (f"out = {x}", f"for layer in {name}: out = layer.{layers.forward}(out)")
        for slope in (*_slopes(workshop, program, functions, ahead), f"out - {y}"):
            for rate in (f", {RATE}", ""):
                back = (f"error = {slope}",
                        f"for layer in reversed({name}): error = layer.{layers.backward}(error{rate})")  # fmt: skip
                for update in ("", f"for layer in {name}: layer.update({RATE})", *_descents(workshop, name)):
                    step = (*ahead, *back, *filter(None, (update,)))
                    if workshop.time_left and moves(workshop, program, (name,), *step):
                        yield replace(program, step=step)
                        return


def _slopes(workshop: Workshop, program: Program, functions: dict[str, Function], ahead: tuple[str, ...]) -> list[str]:
    """Calls of the module's own derivative of a loss with the output and the targets."""
    offer = with_results(using(program), {"out": "out", "output": "out"}, "output", "X")
    offer = replace(offer, by_role={**offer.by_role, "X": ("out",)})
    found = []
    for function in functions.values():
        if len(function.required) == 2 and function.stage in ("backward", "cost") and "layer" not in function.name:
            for arguments in list(bindings(function, offer, making=False))[:2]:
                call = f"{function.name}({arguments})"
                made = runs(workshop, program, *ahead, f"error = {call}")
                if made and getattr(made["error"], "shape", ()) == getattr(made["out"], "shape", None):
                    found.append(call)
                    break
    return found[:2]


def _descents(workshop: Workshop, name: str) -> list[str]:
    """Updates for layers that only store their gradients, as attributes or in dictionaries."""
    pairs = (("W", "dW"), ("w", "dw"), ("weights", "dweights"), ("weight", "weight_grad"), ("weights", "grad_weights"))
    biases = (("b", "db"), ("b", "db"), ("biases", "dbiases"), ("bias", "bias_grad"), ("bias", "grad_bias"))
    texts = [
        f"for layer in {name}[::2]: layer.{w} = layer.{w} - {RATE} * layer.{dw}; layer.{b} = layer.{b} - {RATE} * "
        f"layer.{db}"
        for (w, dw), (b, db) in zip(pairs, biases, strict=True)
    ]
    return [
        *texts,
        f"for layer in {name}:\n    for key in getattr(layer, 'params', {{}}): layer.params[key] = layer.params[key] - "
        f"{RATE} * layer.grads[key]",
    ]
