"""A usage as a few lines of text that a user can repeat, and the state of the search for one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from annprobe.subject.surroundings.examples import N_EXAMPLES, Form

STEPS = 3  # a parameter is one when it was updated, and its new value used again


@dataclass(frozen=True, slots=True)
class Program:
    """Statements for the module's namespace.

    setup   runs once: ``net = Net([3, 5, 2])``
    step    runs again and again: one training step, or a whole training
    repeat  how often ``step`` runs
    form    how the examples are handed over (one by one: the step is done for each ``x, y``)
    names   "X", "Y", "x", "y", "data", "step" -> the variable that holds it
    widths  (n_in, n_out) of the examples
    sizes   the architecture that was asked for, None when the module chooses it
    n       how many examples
    data    the user's own examples; None: made ones
    beside  whether it runs layers side by side, each with arrays of its own among ``values``
    values  start values that no function of the module makes, by variable
    cost    the call of the module's own cost, which the training does not call; it stands first in ``step``
    """

    setup: tuple[str, ...]
    step: tuple[str, ...]
    form: Form
    widths: tuple[int, int]
    names: Mapping[str, str]
    sizes: tuple[int, ...] | None = None
    repeat: int = STEPS
    n: int = N_EXAMPLES
    values: Mapping[str, Any] = field(default_factory=dict)
    data: tuple[Any, Any] | None = None
    beside: bool = False
    cost: str = ""

    @property
    def text(self) -> str:
        """All statements."""
        body = list(self.step)
        if self.form.one_by_one:
            n = self.names
            body = [f"for {n['x']}, {n['y']} in zip({n['X']}, {n['Y']}):", *(f"    {line}" for line in body)]
        if self.repeat > 1:
            body = [f"for {self.names['step']} in range({self.repeat}):", *(f"    {line}" for line in body)]
        return "\n".join([*self.setup, *body]) + "\n"

    def describe(self) -> str:
        """In one line: the statements and what is handed over."""
        if self.beside:
            assigned = [line.partition(" = ") for line in (*self.setup, *self.step)]
            calls = [right for left, _, right in assigned if re.fullmatch(r"[\w, ]+", left)]
            called = [call.partition("(")[0] for call in calls if "(" in call]
            layers = dict.fromkeys(name for name in called if name.isidentifier())
            return f"each on its own, on random arrays, with the squared error of its output: {', '.join(layers)}"
        lines = [line.strip() for line in (*self.setup, *self.step)]
        handed = {self.names["X"], self.names["Y"], self.names["data"]} & set(re.findall(r"\w+", self.text))
        given = self.form.describe(self.widths, self.n) if handed else "with the module's own data"
        return f"{'; '.join(lines)}  ({given})"


def unused(name: str, namespace: Mapping[str, object]) -> str:
    """``name``, or ``name`` with underscores when the module has it already."""
    while name in namespace:
        name += "_"
    return name
