"""What makes a check fail, and in which order its findings stand."""

import pytest

from d365pop.check.baseline import accept
from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.report.findings import Checked, make_report
from d365pop.report.text import format_text, totals, verdict
from tests.unit.report.reports import FOUND_NAME, FOUND_PART, FOUND_POST, NAME, RULES, report

THRESHOLDS = [Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW]


def found(severity: Severity) -> Finding:
    return Finding(Rule("r", severity, "s", "w", "m"), Location("p"), "m")


@pytest.mark.parametrize("severity", Severity, ids=lambda s: s.label)
@pytest.mark.parametrize("fail_on", THRESHOLDS, ids=lambda s: s.label)
def test_finding_fails_the_check_from_the_threshold_on(
    severity: Severity, fail_on: Severity
) -> None:
    made = report(found(severity), fail_on=fail_on)
    assert made.failing_count == (1 if severity >= fail_on else 0)


def test_finding_in_the_baseline_does_not_fail_the_check() -> None:
    assert report(FOUND_POST, baseline=accept([[FOUND_POST]])).failing_count == 0


def test_one_more_of_what_the_baseline_accepts_fails_the_check() -> None:
    again = Finding(FOUND_POST.rule, Location("WebResources/a.js", 90), "m", FOUND_POST.evidence)
    made = report(FOUND_POST, again, baseline=accept([[FOUND_POST]]))
    assert [(i.finding.location.line, i.known) for i in made.packages[0].items] == [
        (3, True),
        (90, False),
    ]


def test_each_package_may_have_what_the_baseline_accepts() -> None:
    twice = [Checked("a.zip", [FOUND_POST]), Checked("b.zip", [FOUND_POST])]
    assert make_report(twice, RULES, Severity.LOW, accept([[FOUND_POST]])).failing_count == 0


def test_findings_stand_worst_first_then_by_place() -> None:
    second = Finding(NAME, Location("customizations.xml", 3), "m", "e")
    items = report(FOUND_NAME, FOUND_PART, second, FOUND_POST).packages[0].items
    assert [(i.severity.label, i.finding.location.line) for i in items] == [
        ("critical", 3),
        ("medium", 0),
        ("low", 3),
        ("low", 12),
    ]


def test_baseline_entry_that_no_longer_occurs_is_stale() -> None:
    baseline = accept([[FOUND_POST, FOUND_NAME]])
    assert [e.rule for e in report(FOUND_POST, baseline=baseline).stale] == ["name-case"]


def test_baseline_entry_of_a_rule_that_was_not_looked_for_is_not_stale() -> None:
    baseline = accept([[found(Severity.LOW)]])
    assert report(baseline=baseline).stale == ()


def test_rule_that_fired_without_being_announced_is_listed() -> None:
    assert [
        r.rule_id for r in make_report([Checked("p", [FOUND_POST])], (), Severity.LOW).rules
    ] == ["message-to-any-origin"]


def test_report_without_findings_says_what_it_looked_at() -> None:
    assert totals(report()) == "0 findings by 4 rules."
    assert verdict(report()).text == "Passed: nothing is high or worse."


def test_gap_is_never_called_a_pass_of_everything() -> None:
    made = report(not_checked=("scripts: --no-scripts",))
    assert verdict(made).text == "Passed: nothing of what was checked is high or worse."


def test_stale_entries_are_named_once_at_the_end() -> None:
    text = format_text(report(baseline=accept([[FOUND_NAME]])))
    assert (
        "1 entry that no longer occurs; --write-baseline drops them:\n  customizations.xml" in text
    )
