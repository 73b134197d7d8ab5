"""What the user says about the module where annprobe cannot find out: names, a layout, examples."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from annprobe.errors import BadArgument
from annprobe.subject.making.callables import Class, Function
from annprobe.subject.reading.words import Stage
from annprobe.subject.surroundings.examples import Form


@dataclass(frozen=True, slots=True)
class Data:
    """Examples to use: ``x`` (N, n_in); ``y`` (N, n_out), or (N,) class numbers."""

    x: Any
    y: Any

    @property
    def widths(self) -> tuple[int, int]:
        """(n_in, n_out); class numbers need as many outputs as there are classes."""
        y = np.asarray(self.y)
        return int(np.shape(self.x)[1]), int(y.shape[1]) if y.ndim > 1 else max(int(y.max()) + 1, 2)


@dataclass(frozen=True, slots=True)
class Hints:
    """Names of the module's own functions or classes; () or None: annprobe looks for them itself."""

    network: str | None = None
    forward: str | None = None
    gradient: str | None = None
    cost: str | None = None
    layout: Literal["rows", "columns", "example"] | None = None
    data: Data | None = None

    def allows(self, form: Form) -> bool:
        """Whether examples may be handed over in this form."""
        if self.layout is None:
            return True
        return form.one_by_one or form.paired if self.layout == "example" else form.layout == self.layout

    def classes(self, found: dict[str, Class]) -> dict[str, Class]:
        """The classes to use, their methods understood as the names say."""
        named = {self.network: found[self.network]} if self.network in found and self.network is not None else found
        return {name: replace(kind, methods=self.functions(kind.methods)) for name, kind in named.items()}

    def functions(self, found: dict[str, Function]) -> dict[str, Function]:
        """The functions, each at the stage that the names say; others lose a stage that is taken."""
        wanted: dict[str, Stage] = {}
        stages: tuple[tuple[str | None, Stage], ...] = (
            (self.network, "make"), (self.forward, "forward"), (self.gradient, "backward"), (self.cost, "cost"),
        )  # fmt: skip
        for name, stage in stages:
            if name is not None and name.rpartition(".")[2] in found:
                wanted[name.rpartition(".")[2]] = stage
        taken = set(wanted.values())
        return {
            name: replace(f, stage=wanted.get(name, "other" if f.stage in taken else f.stage))
            for name, f in found.items()
        }

    def check(self, classes: dict[str, Class], functions: dict[str, Function]) -> None:
        """Raises ``BadArgument`` when a name is nowhere in the module."""
        known = {*classes, *functions, *(m for c in classes.values() for m in c.methods)}
        for option in ("network", "forward", "gradient", "cost"):
            name = getattr(self, option)
            if name is not None and name.rpartition(".")[2] not in known:
                raise BadArgument(f"--{option} {name}: the module has {', '.join(sorted(known)) or 'no functions'}")
