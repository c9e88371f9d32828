"""A check's result as JSON for programs; its shape is ``schemas/check-1.json``."""

import json
from typing import Final

from d365pop import __version__
from d365pop.check.finding import Rule
from d365pop.models import Json
from d365pop.redaction import redact
from d365pop.report.findings import CheckedPackage, CheckReport, Item

FORMAT: Final = 1
"""Grows when a reader of the old shape would misread the new one; new keys alone leave it."""


def format_json(report: CheckReport) -> str:
    """Return the report as JSON in ASCII."""
    return dump(
        {
            "format": FORMAT,
            "tool": {"name": "d365pop", "version": __version__},
            "fail_on": report.fail_on.label,
            "failed": report.failing_count > 0,
            "summary": {
                **{severity.label: count for severity, count in report.counts().items()},
                "known": report.known_count,
                "failing": report.failing_count,
            },
            "packages": [_package(report, package) for package in report.packages],
            "rules": [_rule(rule) for rule in report.rules],
            "stale_baseline": [
                {"rule": entry.rule, "part": entry.part, "fingerprint": entry.fingerprint}
                for entry in report.stale
            ],
        }
    )


def redacted(document: Json) -> Json:
    """Return ``document`` with every secret in its texts masked, each text by itself.

    Masked after it was written, a secret would take the quote behind it along.
    """
    match document:
        case str():
            return redact(document)
        case list():
            return [redacted(item) for item in document]
        case dict():
            return {redact(name): redacted(value) for name, value in document.items()}
        case _:
            return document


def dump(document: Json) -> str:
    """Return ``document`` as JSON that may also stand in a pipeline's log."""
    text = json.dumps(document, indent=2, ensure_ascii=True)
    # Two number signs occur in strings only; escaped they are the same JSON, and no command.
    return text.replace("##", "\\u0023\\u0023") + "\n"


def _package(report: CheckReport, package: CheckedPackage) -> Json:
    return {
        "path": package.path,
        "not_checked": list(package.not_checked),
        "findings": [_finding(report, item) for item in package.items],
    }


def _finding(report: CheckReport, item: Item) -> Json:
    finding = item.finding
    return {
        "rule": finding.rule.rule_id,
        "severity": item.severity.label,
        "part": finding.location.part,
        "line": finding.location.line,
        "column": finding.location.column,
        "message": finding.message,
        "evidence": finding.evidence,
        "fingerprint": item.fingerprint,
        "occurrence": item.index,
        "known": item.known,
        "failing": report.fails(item),
    }


def _rule(rule: Rule) -> Json:
    return {
        "id": rule.rule_id,
        "severity": rule.severity.label,
        "summary": rule.summary,
        "why": rule.why,
        "mend": rule.mend,
    }
