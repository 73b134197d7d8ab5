"""``reports/mutants.md``: what kills what, and the mutation score. ``python -m tests.mutants.report`` writes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tabulate import tabulate

from annprobe import catalog
from annprobe.catalog import Mutant
from annprobe.engine.architecture import Architecture
from annprobe.engine.checks import CHECKS, judge
from annprobe.engine.network import Network, random_network
from annprobe.engine.observe import observe
from annprobe.engine.steps import REFERENCE
from annprobe.exhibits.store import PACKAGE, stored, unpack

REPORT = Path(__file__).parents[2] / "reports" / "mutants.md"
EXAMPLES = 5  # more than any width, so that no axis is taken for another
PANEL = (
    Architecture.of((2, 3, 4, 2)),
    Architecture.of((3, 3, 3, 3), "tanh"),
    Architecture((2, 3, 4, 2), ("relu", "leaky relu", "identity"), "halved squared error", l2=0.1),
    Architecture.of((2, 4, 3), "softplus", "softmax", "categorical cross-entropy"),
    Architecture.of((2, 4, 3), "elu", "softmax"),
    Architecture.of((3, 4, 2), "gelu", "sigmoid", "binary cross-entropy", l2=0.1),
)


def own() -> list[Mutant]:
    """The mutants of the own families."""
    return [m for m in catalog.load().values() if m.origin.startswith(PACKAGE)]


def panel() -> list[Network]:
    """Random networks of the panel's architectures, none of them from a search."""
    rng = np.random.default_rng(2)
    return [random_network(architecture, EXAMPLES, rng) for architecture in PANEL]


def on_panel(mutant: Mutant, networks: list[Network]) -> tuple[int, int, int]:
    """In how many networks of the panel the gradient check kills the mutant, it stops with an error, it is the same."""
    killed = stopped = same = 0
    for network in networks:
        wrong, right = observe(mutant.steps, network, "pass"), observe(REFERENCE, network, "pass")
        if wrong.fault is not None:
            stopped += 1
        elif not judge("gradient", mutant.steps, network).passed:
            killed += 1
        elif not [name for name in wrong.differences(right) if "second" not in name and "training" not in name]:
            same += 1
    return killed, stopped, same


def killers(mutant: Mutant) -> list[str]:
    """All checks that fail the mutant on its exhibit, the one that claims it first."""
    network = unpack(stored()[mutant.id].network)
    found = [name for name in CHECKS if not judge(name, mutant.steps, network).passed
             and judge(name, REFERENCE, network).passed]
    return sorted(found, key=lambda name: name != mutant.seen_by)


def text() -> str:
    """The whole report."""
    mutants, networks = own(), panel()
    gradient = [m for m in mutants if m.gradient_check]
    results = {m.id: on_panel(m, networks) for m in gradient}
    killed = {m.id: killers(m) for m in mutants}
    dead = [m for m in gradient if "gradient" in killed[m.id]]
    survivors = sum(len(PANEL) - sum(results[m.id]) for m in gradient)
    alarms = sum(not judge("gradient", REFERENCE, n).passed for n in networks)
    equivalent = [m for m in mutants if m.seen_by is None]
    shapes = ", ".join("-".join(map(str, a.widths)) for a in PANEL)
    return "\n\n".join([
        "# The mutant catalogue",
        f"{len(mutants)} mutants in {len(catalog.families())} families. Written by `python -m tests.mutants.report`.",
        "## Mutation score of the gradient check",
        f"Of {len(gradient)} mutants that change the gradient or the cost and are not equivalent, the gradient check "
        f"kills {len(dead)} on their exhibits: {len(dead) / len(gradient):.0%}. On a panel of {len(PANEL)} random "
        f"networks that no search has chosen ({shapes}), of the cases where such a mutant runs and computes something "
        f"else, {survivors} survive. The reference is rejected {alarms} times.",
        _gradient_table(gradient, results),
        "## Mutants that a gradient check of the network cannot see",
        "The gradient is right where it is checked, or it is not the gradient that is wrong. Each is killed by another "
        "check, on its exhibit.",
        _other_table([m for m in mutants if not m.gradient_check and m.seen_by], killed),
        "## Equivalent mutants",
        *(f"`{m.id}`: {m.summary} Silent {m.silent_text}." for m in equivalent),
        "## Known bugs that are no mutants of their own here",
        "\n".join(f"- `{id}`: {reason}" for id, reason in catalog.inexpressible().items()),
    ]) + "\n"


def _gradient_table(mutants: list[Mutant], results: dict[str, tuple[int, int, int]]) -> str:
    headers = ("id", "cause", "step", "exhibit", "panel: killed", "stops", "same", "what is wrong")
    rows = [(m.id, m.code, m.step, _widths(m), *results[m.id], m.summary) for m in mutants]
    return tabulate(rows, headers, "github", disable_numparse=True)


def _other_table(mutants: list[Mutant], killed: dict[str, list[str]]) -> str:
    headers = ("id", "cause", "step", "exhibit", "killed by", "what is wrong")
    rows = [(m.id, m.code, m.step, _widths(m), ", ".join(killed[m.id]), m.summary) for m in mutants]
    return tabulate(rows, headers, "github", disable_numparse=True)


def _widths(mutant: Mutant) -> str:
    return "-".join(map(str, stored()[mutant.id].widths))


if __name__ == "__main__":
    REPORT.write_text(text(), "utf-8")
