"""Networks whose units are drawn from their probabilities: no derivative leads through a draw.

Contrastive divergence and its like move parameters by differences of statistics, which is the gradient of no cost that
a forward pass computes (Hinton, Training products of experts by minimizing contrastive divergence, 2002, equation 5).
"""

from __future__ import annotations

from annprobe.listing.scene import Scene
from annprobe.tape.replay import slice_of

_COMPARISONS = {"less", "greater", "less_equal", "greater_equal"}


def draws_states(scene: Scene) -> bool:
    """Whether a value of the network decides, by a random number, what the forward pass goes on with."""
    tape, dependence = scene.found.tape, scene.found.dependence
    assert dependence is not None
    for number in slice_of(tape, [m.output for m in scene.found.judged_step.meetings], stop=scene.versions):
        node = tape[number]
        if node.op.startswith("random.") and any(dependence.touched(i) for i in node.inputs):
            return True
        drawn = any(tape[i].op.startswith("random.") for i in node.inputs)
        if drawn and node.op in _COMPARISONS and dependence.touched(number):
            return True
    return False
