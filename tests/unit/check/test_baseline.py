"""What a team accepted stays accepted when code moves, and nothing else does."""

from dataclasses import replace

import pytest

from d365pop.check.baseline import (
    BaselineEntry,
    accept,
    baseline_text,
    fingerprint,
    occurrences,
    parse_baseline,
    stale,
)
from d365pop.check.finding import Finding, Location, Rule, Severity
from d365pop.errors import ConfigurationError

RULE = Rule("some-rule", Severity.HIGH, "Something is wrong.", "It hurts.", "Mend it.")
FOUND = Finding(RULE, Location("a.js", 3, 5), "Something is wrong with x.", "x")
OTHER = replace(FOUND, evidence="y")


def test_fingerprint_stays_when_lines_severity_and_words_change() -> None:
    graver = replace(RULE, severity=Severity.CRITICAL, summary="Other words.")
    moved = replace(FOUND, rule=graver, location=Location("a.js", 70), message="Other words.")
    assert fingerprint(moved) == fingerprint(FOUND)


@pytest.mark.parametrize(
    "other",
    [
        OTHER,
        replace(FOUND, location=Location("b.js", 3, 5)),
        replace(FOUND, rule=replace(RULE, rule_id="other-rule")),
        replace(FOUND, location=Location("a.j", 3, 5), evidence="sx"),
    ],
    ids=["evidence", "part", "rule", "border between part and evidence"],
)
def test_fingerprint_differs_for_another_finding(other: Finding) -> None:
    assert fingerprint(other) != fingerprint(FOUND)


def test_fingerprint_of_a_name_that_is_no_text_is_made() -> None:
    assert len(fingerprint(replace(FOUND, evidence="\udcff"))) == 64


def test_equal_findings_are_numbered_by_place() -> None:
    second = replace(FOUND, location=Location("a.js", 9))
    assert [(o.finding, o.index) for o in occurrences([second, OTHER, FOUND])] == [
        (FOUND, 1),
        (OTHER, 1),
        (second, 2),
    ]


def test_baseline_holds_the_most_that_one_package_has() -> None:
    once, twice = [FOUND], [FOUND, OTHER, replace(FOUND, location=Location("a.js", 9))]
    assert accept([once, twice, once]) == (
        BaselineEntry("some-rule", "a.js", "x", fingerprint(FOUND), 2),
        BaselineEntry("some-rule", "a.js", "y", fingerprint(OTHER), 1),
    )


def test_baseline_is_the_same_text_whatever_the_order() -> None:
    assert baseline_text(accept([[FOUND, OTHER]])) == baseline_text(accept([[OTHER, FOUND]]))


def test_baseline_is_read_back_as_it_was_written() -> None:
    entries = accept([[FOUND, OTHER]])
    assert parse_baseline(baseline_text(entries), "b.json") == entries


def test_baseline_text_is_as_agreed() -> None:
    assert baseline_text(accept([[FOUND]])) == (
        '{\n  "format": 1,\n  "findings": [\n    {\n      "rule": "some-rule",\n'
        '      "part": "a.js",\n      "evidence": "x",\n'
        f'      "fingerprint": "{fingerprint(FOUND)}",\n      "count": 1\n    }}\n  ]\n}}\n'
    )


def test_secret_in_the_evidence_is_masked_and_still_recognised() -> None:
    secret = replace(FOUND, evidence="client_secret = 'hunter2hunter2'")
    entries = accept([[secret]])
    assert "hunter2" not in baseline_text(entries)
    assert stale(entries, [[secret]]) == ()


def test_entry_without_a_finding_is_stale() -> None:
    entries = accept([[FOUND, OTHER]])
    assert stale(entries, [[FOUND], []]) == (entries[1],)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("{", id="no JSON"),
        pytest.param("[" * 100_000, id="deep"),
        pytest.param("[]", id="list"),
        pytest.param('{"format": 2, "findings": []}', id="another format"),
        pytest.param('{"format": 1}', id="no findings"),
        pytest.param('{"format": 1, "findings": {}}', id="findings of another type"),
        pytest.param('{"format": 1, "findings": ["x"]}', id="finding of another type"),
        pytest.param(
            '{"format": 1, "findings": [{"rule": "r", "part": "p", "evidence": "e",'
            ' "fingerprint": "f", "count": 0}]}',
            id="count of nothing",
        ),
        pytest.param(
            '{"format": 1, "findings": [{"rule": "r", "part": "p", "evidence": "e",'
            ' "fingerprint": "f", "count": true}]}',
            id="count that is no number",
        ),
        pytest.param(
            '{"format": 1, "findings": [{"rule": "r", "part": "p", "count": 1}]}',
            id="field missing",
        ),
    ],
)
def test_unreadable_baseline_is_an_error_and_accepts_nothing(text: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_baseline(text, "b.json")
    assert caught.value.reference == "baseline-unreadable"
    assert "b.json" in caught.value.message
