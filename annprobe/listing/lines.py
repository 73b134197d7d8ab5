"""The listing: what every line of one training step holds, and whether it is what the chain rule asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from annprobe.findings import LineStatus, ListingLine
from annprobe.listing.blame import Accused
from annprobe.listing.naming import factor_text, name_of, quantity_name
from annprobe.listing.scene import Scene

_MOST = 400


def listing(scene: Scene, accused: Iterable[Accused], file: str | None = None) -> tuple[ListingLine, ...]:
    """One entry per execution of a statement in the judged step, in order; of one file, where that is given."""
    wrong = {scene.statement(a.node): a for a in accused}
    behind = _behind(scene, {a.node for a in wrong.values()})
    counts: Counter[int] = Counter()
    rows: list[ListingLine] = []
    for node in _ends(scene):
        span = scene.found.places.span(node)
        line = scene.found.places.line(node)
        if span is None or line is None or span.file != (file or span.file) or len(rows) >= _MOST:
            continue
        status, quantity, needs = _judged(scene, node, wrong.get(scene.statement(node)), node in behind)
        if status is None:
            continue
        rows.append(
            ListingLine(
                line,
                scene.found.places.name(node) or name_of(scene, node),
                quantity,
                status,
                counts[line],
                needs,
                scene.found.places.text(node) if status == "wrong" else None,
            )
        )
        counts[line] += 1
    return tuple(rows)


def _ends(scene: Scene) -> list[int]:
    """The last node of every execution of a statement, forward and backward."""
    forward = {scene.statement(n): n for n in scene.forward if scene.found.tape[n].kind == "op"}
    return sorted({*forward.values(), *scene.ends.values()})


def _judged(
    scene: Scene, node: int, accused: Accused | None, follows: bool
) -> tuple[LineStatus | None, str | None, str | None]:
    if node not in scene.error:
        return ("right", name_of(scene, node), None) if scene.adjoint(node) is not None else (None, None, None)
    if accused is not None:
        needs = quantity_name(scene, accused.quantity) if accused.quantity is not None else None
        return "wrong", None, needs
    label = scene.label(node)
    if label is not None and not follows:
        return (
            "right",
            factor_text(label.factor) + quantity_name(scene, label.forward) + ("ᵀ" if label.turned else ""),
            None,
        )
    return ("follows" if follows else "unexplained"), None, None


def _behind(scene: Scene, nodes: set[int]) -> set[int]:
    """Everything on the way to the updates that depends on an accused node."""
    reached: set[int] = set()
    for number in sorted(scene.error):
        if any(i in nodes or i in reached for i in scene.found.tape[number].inputs):
            reached.add(number)
    return reached
