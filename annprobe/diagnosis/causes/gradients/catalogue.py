"""Findings about the gradient, beside the catalogue: which mutant computes exactly what the module computes."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from annprobe.findings import FAMILIES, Evidence, Finding

if TYPE_CHECKING:
    from annprobe import catalog

NAMED = 3  # mutants that one network cannot tell apart; more say little


def with_mutants(findings: list[Finding], ids: tuple[str, ...]) -> list[Finding]:
    """The findings, each with the mutants of its own family; one that no change explains takes the mutant's.

    ids  mutants whose gradient is that of the module; without any the findings stay as they are
    """
    if not ids:
        return findings
    from annprobe import catalog  # only now: most modules need no mutant

    mutants = [catalog.get(id) for id in ids]
    causes = dict.fromkeys(mutant.cause for mutant in mutants)
    result = []
    for finding in findings:
        own = [mutant for mutant in mutants if mutant.cause == finding.family]
        told = finding.family != "unknown" and finding.help is not None
        if not told and len(causes) == 1:
            result.append(_named(finding, mutants))
        elif own:
            result.append(_evident(finding, own))
        else:
            result.append(finding)
    return result


def _evident(finding: Finding, mutants: list[catalog.Mutant]) -> Finding:
    names = ", ".join(mutant.id for mutant in mutants[:NAMED])
    more = f" and {len(mutants) - NAMED} more" if len(mutants) > NAMED else ""
    row = Evidence("same update as the mutant", names + more)
    return dataclasses.replace(finding, evidence=(*finding.evidence, row))


def _named(finding: Finding, mutants: list[catalog.Mutant]) -> Finding:
    """A finding whose line is known and whose mistake is not: the catalogue knows it."""
    first = mutants[0]
    said = first.summary[0].lower() + first.summary[1:].rstrip(".")
    message = f"{finding.message}; it computes what this mistake does: {said}"
    known = dataclasses.replace(
        finding, code=FAMILIES[first.cause], family=first.cause, message=message,
        help=finding.help or first.fix, notes=(*finding.notes, f"the textbook's formula: {first.correct}",
                                               f"as it is computed here: {first.bugged}"))
    return _evident(known, mutants)
