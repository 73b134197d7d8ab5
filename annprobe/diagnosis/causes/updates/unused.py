"""Parameters that are corrected in every step although nothing reads them, or by something that is not the error."""

from __future__ import annotations

from bisect import bisect

import numpy as np

from annprobe.diagnosis.clauses.wording import established, node_place
from annprobe.findings import Evidence, Finding
from annprobe.listing.scene import Scene
from annprobe.subject.reading.parameter_names import is_bias, is_weight
from annprobe.subject.reading.words import words
from annprobe.subject.roles.links import COPIES, Link, alias
from annprobe.subject.roles.series import corrected_series
from annprobe.tape.replay import slice_of

_CORRECTIONS = 3  # of one value, each in a training step of its own: sums over a batch begin anew with each
_BOOKS = frozenset((
    "grad", "grads", "gradient", "gradients", "delta", "deltas", "change", "changes", "update", "updates", "sum",
    "total", "acc", "average", "avg", "mean", "norm", "history", "hist", "log", "old", "prev", "previous", "best",
    "velocity", "momentum", "target",
))  # words of what is kept beside parameters


def unused_findings(scene: Scene) -> list[Finding]:
    """One finding a value that has a parameter's name, and is read by nothing but its own update, or moved blindly."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    known = dependence.owner

    def beside(link: Link) -> bool:
        return not link.partial and link.correction is not None and link.old not in known

    series = corrected_series(tape, scene.found.links, beside)
    read = _read(scene, {n for start, links in series.items() for n in (start, *(k.new for k in links))})
    found = []
    for start, links in series.items():
        name = scene.found.places.name(links[-1].new)
        last = name.rpartition(".")[2].partition("[")[0].strip("_")
        named = (is_bias(last) or is_weight(last)) and _BOOKS.isdisjoint(words(last))
        if not named or _steps(scene, links) < _CORRECTIONS or (not np.ndim(tape.value(start)) and not is_bias(last)):
            continue
        versions = {start, *(k.new for k in links)}
        if not read & versions and _follows_errors(scene, links):
            found.append(_finding(scene, name, links))
        elif _moves(scene, links) and _forms_outputs(scene, versions) and not _follows_errors(scene, links):
            found.append(_blind(scene, name, links))
    return found


def _steps(scene: Scene, links: list[Link]) -> int:
    """In how many training steps a value was corrected: known parameters are corrected in between."""
    known = [link.new for chain in scene.found.chains[:1] for link in chain.genuine()]
    return len({bisect(known, link.new) for link in links})


def _moves(scene: Scene, links: list[Link]) -> bool:
    """Whether a correction is anything but zeros, and no mere number: a check moves parameters by its epsilon."""
    tape = scene.found.tape
    made = [k.correction for k in links if k.correction is not None and tape[k.correction].op != "literal"]
    return any(np.any(tape.value(correction)) for correction in made)


def _follows_errors(scene: Scene, links: list[Link]) -> bool:
    """Whether an output has a part in one of the corrections."""
    outputs = {m.output for step in scene.found.steps for m in step.meetings}
    corrections = [link.correction for link in links if link.correction is not None]
    assert scene.found.dependence is not None
    stop = outputs | set(scene.found.dependence.version_bits)  # a sum of weights follows no error
    return not outputs.isdisjoint(slice_of(scene.found.tape, corrections, stop=stop))


def _forms_outputs(scene: Scene, versions: set[int]) -> bool:
    """Whether the outputs are computed from one of the versions."""
    outputs = [m.output for step in scene.found.steps for m in step.meetings]
    return not versions.isdisjoint(slice_of(scene.found.tape, outputs, stop=versions))


def _blind(scene: Scene, name: str, links: list[Link]) -> Finding:
    correction = links[-1].correction
    assert correction is not None
    return established(
        "update",
        f"{name} is moved without the error: no output has a part in what it is corrected by",
        (node_place(scene, _made(scene, correction)), node_place(scene, links[-1].new)),
        (Evidence("corrections", len(links)), Evidence("shape", str(np.shape(scene.found.tape.value(links[-1].new))))),
        f"correct {name} by the derivative of the cost: what its layer was given, times the error of its output",
    )


def _made(scene: Scene, correction: int) -> int:
    """Where the correction was formed, before a learning rate was multiplied with it."""
    tape = scene.found.tape
    while tape[correction].op == "multiply":
        larger = [i for i in tape[correction].inputs if np.shape(tape.value(i)) == np.shape(tape.value(correction))]
        if len(larger) != 1 or tape[larger[0]].kind != "op":
            break
        correction = larger[0]
    return correction


def _read(scene: Scene, versions: set[int]) -> set[int]:
    """Those versions that something else than a correction of their own statement is computed from."""
    tape = scene.found.tape
    read: set[int] = set()
    for number, node in enumerate(tape.nodes):
        if number in versions or node.op in COPIES:
            continue
        read.update(alias(tape, i) for i in node.inputs if alias(tape, i) in versions)
    return read


def _finding(scene: Scene, name: str, links: list[Link]) -> Finding:
    output = scene.found.judged_step.meetings[0].output
    return established(
        "forward",
        f"{name} is corrected in every step, and nothing reads it: the forward pass leaves it out",
        (node_place(scene, output), node_place(scene, links[0].new)),
        (Evidence("corrections", len(links)), Evidence("shape", str(np.shape(scene.found.tape.value(links[0].new))))),
        f"add {name} where its layer is computed: z = x @ W + b",
    )
