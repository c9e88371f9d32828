"""A check's result as SARIF 2.1.0, for code scanning."""

import re
from pathlib import PurePosixPath
from typing import Final, assert_never
from urllib.parse import quote

from d365pop import __version__
from d365pop.check.finding import Rule, Severity
from d365pop.models import Json
from d365pop.report.findings import CheckedPackage, CheckReport, Item
from d365pop.report.json_text import dump

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
BASE: Final = "%SRCROOT%"
# The ranges by which GitHub calls a security finding critical, high, medium or low.
_SECURITY_SEVERITY: Final = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "2.0",
    Severity.INFORMATIONAL: "0.0",
}
_DRIVE: Final = re.compile(r"[A-Za-z]:/")


def format_sarif(report: CheckReport) -> str:
    """Return the report as one SARIF run."""
    indices = {rule.rule_id: index for index, rule in enumerate(report.rules)}
    run: dict[str, Json] = {
        "tool": {
            "driver": {
                "name": "d365pop",
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in report.rules],
            }
        },
        "invocations": [{"executionSuccessful": True, **_notifications(report)}],
        "originalUriBaseIds": {
            BASE: {"description": {"text": "The folder in which d365pop ran."}},
        },
        "columnKind": "utf16CodeUnits",
        "results": [
            _result(package, item, indices) for package in report.packages for item in package.items
        ],
    }
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def artifact_location(path: str) -> dict[str, Json]:
    """Return where ``path`` is; relative to the working folder where it is relative."""
    if _DRIVE.match(path):
        return {"uri": "file:///" + path[:2] + quote(path[2:], errors="surrogatepass")}
    encoded = quote(path, errors="surrogatepass")
    if PurePosixPath(path).is_absolute():
        return {"uri": f"file://{encoded}"}
    return {"uri": encoded, "uriBaseId": BASE}


def _rule(rule: Rule) -> Json:
    properties: dict[str, Json] = {"severity": rule.severity.label}
    if rule.security:
        properties["security-severity"] = _SECURITY_SEVERITY[rule.severity]
        properties["tags"] = ["security"]
    return {
        "id": rule.rule_id,
        "shortDescription": {"text": _text(rule.summary)},
        "fullDescription": {"text": _text(f"{rule.summary} {rule.why}")},
        "help": {"text": _text(f"Why: {rule.why}\nMend: {rule.mend}")},
        "defaultConfiguration": {"level": _level(rule.severity)},
        "properties": properties,
    }


def _result(package: CheckedPackage, item: Item, indices: dict[str, int]) -> Json:
    finding = item.finding
    physical: dict[str, Json] = {"artifactLocation": artifact_location(package.place(item))}
    if region := _region(finding.location.line, finding.location.column):
        physical["region"] = region
    result: dict[str, Json] = {
        "ruleId": finding.rule.rule_id,
        "ruleIndex": indices[finding.rule.rule_id],
        "level": _level(item.severity),
        "message": {"text": _text(finding.message or finding.rule.summary)},
        "locations": [{"physicalLocation": physical}],
        "partialFingerprints": {
            # What GitHub tells alerts apart by; made by it from the line where it is missing.
            "primaryLocationLineHash": f"{item.fingerprint[:32]}:{item.index}",
            "d365popFinding/v1": f"{item.fingerprint}:{item.index}",
        },
        "properties": {"severity": item.severity.label},
    }
    if item.known:
        result["suppressions"] = [
            {"kind": "external", "status": "accepted", "justification": "in the baseline"}
        ]
    return result


def _region(line: int, column: int) -> dict[str, Json]:
    if not line:
        return {}
    return {"startLine": line, **({"startColumn": column} if column else {})}


def _notifications(report: CheckReport) -> dict[str, Json]:
    gaps: list[Json] = [
        {"level": "warning", "message": {"text": _text(f"{package.path}: not checked: {gap}")}}
        for package in report.packages
        for gap in package.not_checked
    ]
    return {"toolExecutionNotifications": gaps} if gaps else {}


def _level(severity: Severity) -> str:
    match severity:
        case Severity.CRITICAL | Severity.HIGH:
            return "error"
        case Severity.MEDIUM:
            return "warning"
        case Severity.LOW | Severity.INFORMATIONAL:
            return "note"
        case _:
            assert_never(severity)


def _text(text: str) -> str:
    """Return ``text`` without the ``[text](target)`` that SARIF reads as a link."""
    return text.replace("](", "] (")
