"""From evidence to findings."""

from __future__ import annotations

from annprobe.diagnosis.data_causes import data_findings
from annprobe.diagnosis.factor_causes import factor_findings
from annprobe.diagnosis.gradient_causes import gradient_findings
from annprobe.findings import Finding
from annprobe.listing.scene import Scene
from annprobe.subject.understanding import Understanding
from annprobe.subject.usage import Found


def findings_of(scene: Scene | None, understanding: Understanding, found: Found) -> tuple[Finding, ...]:
    """Everything that is established from one recorded run."""
    findings: list[Finding] = []
    if scene is not None:
        findings += data_findings(scene)
        findings += gradient_findings(scene)
        findings += factor_findings(scene)
    return tuple(findings)
