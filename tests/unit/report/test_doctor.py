"""Doctor's report in its four formats."""

import json

import pytest
from jsonschema import Draft4Validator
from lxml import etree

from d365pop.check.finding import Rule, Severity
from d365pop.doctor.examination import (
    Check,
    Examined,
    Fix,
    Outcome,
    Room,
    failed,
    not_checked,
    passed,
)
from d365pop.report.doctor import Diagnosis, DoctorFormat, render
from tests.unit.report.test_sarif import STANDARD


def examined(rule_id: str, severity: Severity, outcome: Outcome, room: Room) -> Examined:
    rule = Rule(rule_id, severity, f"{rule_id} is wrong.", "Agents wait.", "Mend it.")
    return Examined(Check(room, rule, lambda _subject: outcome), outcome)


SECRET = "Bearer marked-token-value"
FOUND = (
    examined("disk", Severity.MEDIUM, passed("9 GB are free"), Room.LOCAL),
    examined(
        "form",
        Severity.HIGH,
        failed(
            f"Form A is\ninactive {SECRET}",
            "Form B is inactive.",
            evidence="two forms",
            mend="Activate both.",
            fix=Fix("Activate?", lambda: None),
        ),
        Room.DATAVERSE,
    ),
    examined("client", Severity.HIGH, not_checked("no access"), Room.GENESYS),
)


def diagnosis(fail_on: Severity = Severity.HIGH) -> Diagnosis:
    return Diagnosis("prod", "https://contoso.crm.dynamics.com", FOUND, fail_on)


def test_text_has_a_line_a_check_and_says_what_nobody_could_look_at() -> None:
    assert render(DoctorFormat.TEXT, diagnosis()).splitlines() == [
        "prod (https://contoso.crm.dynamics.com)",
        "",
        "Local",
        "  passed        disk   9 GB are free",
        "",
        "Dataverse",
        f"  {'high':<13} {'form':<6} Form A is inactive Bearer [redacted]",
        "  high          form   Form B is inactive.",
        "                seen: two forms",
        "                why:  Agents wait.",
        "                mend: Activate both.",
        "                      d365pop doctor --fix does it after a question.",
        "",
        "Genesys Cloud",
        "  not checked   client no access",
        "",
        "3 checks: 1 passed, 1 found something, 1 could not look.",
        "Failed: 1 check at high or worse.",
    ]


def test_json_says_the_same_to_programs() -> None:
    document = json.loads(render(DoctorFormat.JSON, diagnosis()))
    assert document["failed"] is True
    assert document["summary"] == {"passed": 1, "failed": 1, "not-checked": 1}
    assert document["checks"][1] == {
        "id": "form",
        "room": "Dataverse",
        "severity": "high",
        "outcome": "failed",
        "evidence": "two forms",
        "problems": ["Form A is inactive Bearer [redacted]", "Form B is inactive."],
        "not_checked": "",
        "why": "Agents wait.",
        "mend": "Activate both.",
        "fixable": True,
    }
    assert [check["outcome"] for check in document["checks"]] == [
        "passed",
        "failed",
        "not-checked",
    ]


def test_sarif_is_valid_and_notes_what_was_not_checked() -> None:
    document = json.loads(render(DoctorFormat.SARIF, diagnosis()))
    Draft4Validator(STANDARD).validate(document)
    (run,) = document["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["form", "form"]
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == ".: not checked: client: no access"


def test_junit_has_a_case_a_check_and_skips_what_was_not_checked() -> None:
    root = etree.fromstring(render(DoctorFormat.JUNIT, diagnosis()).encode())
    assert {
        name: root.get(name) for name in ("name", "tests", "failures", "errors", "skipped")
    } == {
        "name": "d365pop doctor",
        "tests": "3",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    skipped = root.find(".//skipped")
    assert skipped is not None
    assert skipped.get("message") == "no access"


@pytest.mark.parametrize(
    ("fail_on", "count"), [(Severity.CRITICAL, 0), (Severity.HIGH, 1), (Severity.LOW, 1)]
)
def test_threshold_decides_whether_doctor_fails(fail_on: Severity, count: int) -> None:
    assert diagnosis(fail_on).failing_count == count


@pytest.mark.parametrize("report_format", DoctorFormat)
def test_no_format_shows_a_secret(report_format: DoctorFormat) -> None:
    assert "marked" not in render(report_format, diagnosis())
