"""Named cases that passed, failed or were left out as JUnit XML, the form all pipelines show."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml import etree

from d365pop.report.findings import CheckedPackage, CheckReport, Item
from d365pop.report.plain import markup_without_commands, visible


@dataclass(frozen=True, slots=True)
class Case:
    """One line of a test report; it passed where neither ``failure`` nor ``skipped`` is set."""

    class_name: str
    name: str
    failure: str = ""
    """One line: why it failed."""
    details: str = ""
    """All that is known about it."""
    skipped: str = ""
    """Why it was left out."""
    seconds: float | None = None
    """How long it took, where that is known."""


@dataclass(frozen=True, slots=True)
class Suite:
    """Cases that belong together."""

    name: str
    cases: Sequence[Case]


def format_suites(name: str, suites: Iterable[Suite]) -> str:
    """Return ``suites`` as one JUnit document."""
    root = etree.Element("testsuites", name=visible(name))
    totals = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    for suite in suites:
        counts = {
            "tests": len(suite.cases),
            "failures": sum(bool(case.failure) for case in suite.cases),
            "errors": 0,
            "skipped": sum(bool(case.skipped) for case in suite.cases),
        }
        totals = {key: totals[key] + counts[key] for key in totals}
        element = etree.SubElement(root, "testsuite", name=visible(suite.name))
        element.attrib.update({key: str(count) for key, count in counts.items()})
        for case in suite.cases:
            _append(element, case)
    root.attrib.update({key: str(count) for key, count in totals.items()})
    body = etree.tostring(root, encoding="unicode", pretty_print=True)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + markup_without_commands(body)


def format_junit(report: CheckReport) -> str:
    """Return the report with one case per package and rule."""
    return format_suites(
        "d365pop check",
        [Suite(package.path, _cases(report, package)) for package in report.packages],
    )


def _cases(report: CheckReport, package: CheckedPackage) -> list[Case]:
    by_rule: dict[str, list[Item]] = {}
    for item in package.items:
        by_rule.setdefault(item.finding.rule.rule_id, []).append(item)
    cases = []
    for rule in report.rules:
        new = [item for item in by_rule.get(rule.rule_id, ()) if not item.known]
        failing = sum(report.fails(item) for item in new)
        found = "\n".join(f"{item.finding.location}: {item.finding.message}" for item in new)
        details = f"{found}\n\nWhy: {rule.why}\nMend: {rule.mend}" if new else ""
        failure = f"{failing} x {rule.severity.label}: {rule.summary}" if failing else ""
        cases.append(Case(package.path, rule.rule_id, failure, details))
    return cases + [
        Case(package.path, f"not checked: {gap}", skipped=gap) for gap in package.not_checked
    ]


def _append(suite: etree._Element, case: Case) -> None:
    element = etree.SubElement(
        suite, "testcase", classname=visible(case.class_name), name=visible(case.name)
    )
    if case.seconds is not None:
        element.set("time", f"{case.seconds:.3f}")
    if case.skipped:
        etree.SubElement(element, "skipped", message=visible(case.skipped))
    elif case.failure:
        failure = etree.SubElement(element, "failure", message=visible(case.failure))
        failure.text = visible(case.details)
    elif case.details:
        etree.SubElement(element, "system-out").text = visible(case.details)
