"""JUnit XML: a suite a module, a case a finding and a check, for services that show test results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from annprobe.findings import Check, Diagnosis, Finding
from annprobe.report.words import evidence_words as words_of
from annprobe.report.words import headline, place_label, printable, shown_path


def report(diagnosis: Diagnosis) -> str:
    """One module."""
    return summary([diagnosis])


def summary(diagnoses: Sequence[Diagnosis]) -> str:
    """Several modules, a suite each."""
    root = ET.Element("testsuites", name="annprobe")
    root.extend(_suite(diagnosis) for diagnosis in diagnoses)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False)


def _suite(diagnosis: Diagnosis) -> ET.Element:
    cases = list(_cases(diagnosis))
    tally = {name: str(sum(case.find(tag) is not None for case in cases))
             for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))}
    name = printable(shown_path(diagnosis.subject.path))
    suite = ET.Element("testsuite", {"name": name, "tests": str(len(cases)), **tally})
    properties = ET.SubElement(suite, "properties")
    for name, value in (("annprobe", diagnosis.annprobe), ("verdict", diagnosis.verdict), ("seed", diagnosis.seed),
                        ("effort", diagnosis.effort), ("seconds", round(diagnosis.seconds, 3))):
        ET.SubElement(properties, "property", name=name, value=printable(str(value)))
    suite.extend(cases)
    return suite


def _cases(diagnosis: Diagnosis) -> Iterator[ET.Element]:
    yield _verdict_case(diagnosis)
    for check in diagnosis.checks:
        yield _check_case(diagnosis, check)
    for finding in diagnosis.findings:
        yield _finding_case(diagnosis, finding)


def _verdict_case(diagnosis: Diagnosis) -> ET.Element:
    case = _case(diagnosis, "diagnosis")
    if diagnosis.verdict == "unusable":
        _inside(case, "error", diagnosis.verdict, headline(diagnosis), "")
    elif diagnosis.verdict == "undetermined" and not diagnosis.findings:
        _inside(case, "skipped", diagnosis.verdict, headline(diagnosis), "")
    return case


def _check_case(diagnosis: Diagnosis, check: Check) -> ET.Element:
    case = _case(diagnosis, f"{check.rung}: {check.id}")
    tag = {"fail": "failure", "error": "error", "skip": "skipped"}.get(check.status)
    if tag:
        _inside(case, tag, check.status, check.evidence or check.status, "")
    return case


def _finding_case(diagnosis: Diagnosis, finding: Finding) -> ET.Element:
    """A failed case; a finding that is harmless for training passes, as the exit code does, and says so."""
    case = _case(diagnosis, f"{finding.code} {finding.family}")
    message = finding.message + (f" (help: {finding.help})" if finding.help else "")
    if finding.role == "harmless":
        ET.SubElement(case, "system-out").text = printable(f"harmless for training: {message}\n{_details(finding)}")
    else:
        _inside(case, "failure", finding.role, message, _details(finding))
    return case


def _case(diagnosis: Diagnosis, name: str) -> ET.Element:
    module = shown_path(diagnosis.subject.path).removesuffix(".py").replace("/", ".")
    return ET.Element("testcase", name=printable(name), classname=printable(module))


def _inside(case: ET.Element, tag: str, kind: str, message: str, details: str) -> None:
    ET.SubElement(case, tag, type=kind, message=printable(message)).text = printable(details)


def _details(finding: Finding) -> str:
    lines = [f"{place_label(place)}  {place.text.strip()}" for place in finding.places]
    if finding.computes and finding.should_compute:
        lines.append(f"computes {finding.computes}, should compute {finding.should_compute}")
    if finding.evidence:
        lines.append(words_of(finding.evidence))
    return "\n".join([*lines, *finding.notes])
