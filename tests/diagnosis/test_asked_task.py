"""An architecture and a task that the user asks for: what cannot be represented is proved."""

from __future__ import annotations

from pathlib import Path

import annprobe
from annprobe.diagnosis import Options, diagnose

EXAMPLE = Path(annprobe.__file__).parent / "examples" / "first_network.py"


def test_one_neuron_cannot_represent_xor() -> None:
    found = diagnose(EXAMPLE, options=Options(sizes="2,1", task="xor", effort="quick"))
    finding = next(f for f in found.findings if f.family == "capacity")
    assert (finding.role, finding.trust) == ("cause", "verified")
    assert found.subject.architecture == (2, 1)


def test_one_neuron_can_represent_and() -> None:
    found = diagnose(EXAMPLE, options=Options(sizes="2,1", task="and", effort="quick"))
    assert "capacity" not in {f.family for f in found.findings}
