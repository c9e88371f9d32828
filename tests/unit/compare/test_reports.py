"""A comparison in words and as JSON."""

import json

import pytest

from d365pop.compare.as_json import comparison_json
from d365pop.compare.as_text import comparison_lines, detail_text, verdict
from d365pop.compare.difference import Change, Comparison, Detail, Difference, Lines

COMPARISON = Comparison(
    before="a.zip",
    after="b.zip",
    differences=(
        Difference("solution", "Pop", Change.CHANGED, (Detail("Version", "1", "2"),)),
        Difference(
            "forms", "x\x1b[31m", Change.CHANGED, (), (Lines("file", ("@@ -1 +1 @@", "-a", "+b")),)
        ),
        Difference("web resources", "n.js", Change.ADDED),
    ),
    unchanged={"forms": ("y", "z")},
    notes=("not all was read",),
)


def lines(*, summary: bool) -> list[str]:
    return [f"{line.role}|{line.text}" for line in comparison_lines(COMPARISON, summary=summary)]


def test_text_names_components_facts_and_lines() -> None:
    assert lines(summary=False) == [
        "removed|--- a.zip",
        "added|+++ b.zip",
        "changed|changed  solution: Pop",
        "plain|         Version: 1 -> 2",
        "changed|changed  forms: x\\u001b[31m",
        "place|         file",
        "place|         @@ -1 +1 @@",
        "removed|         -a",
        "added|         +b",
        "added|added    web resources: n.js",
        "quiet|same     forms 2",
        "quiet|note     not all was read",
        "plain|Components: 1 added, 0 removed, 2 changed.",
    ]


def test_summary_names_components_only() -> None:
    assert len(lines(summary=True)) == 8


def test_json_holds_everything_under_a_format_number() -> None:
    document = json.loads(comparison_json(COMPARISON, summary=False))
    assert (document["format"], document["same"]) == (1, False)
    assert document["differences"][0] == {
        "kind": "solution",
        "name": "Pop",
        "change": "changed",
        "details": [{"what": "Version", "before": "1", "after": "2"}],
        "lines": [],
    }
    assert document["differences"][1]["lines"] == [
        {"of": "file", "diff": ["@@ -1 +1 @@", "-a", "+b"]}
    ]
    assert (document["unchanged"], document["notes"]) == (
        {"forms": ["y", "z"]},
        ["not all was read"],
    )
    assert "details" not in json.loads(comparison_json(COMPARISON, summary=True))["differences"][0]


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        (Detail("a", "1", "2"), "a: 1 -> 2"),
        (Detail("a", "", "2"), "a: 2"),
        (Detail("a", "1", ""), "a: 1 -> (none)"),
        (Detail("handler removed", "1", ""), "handler removed: 1"),
    ],
)
def test_fact_is_one_line(detail: Detail, text: str) -> None:
    assert detail_text(detail) == text


def test_no_difference_is_said_so() -> None:
    assert verdict(Comparison("a", "b", (), {})) == "No difference."


def test_key_in_a_diff_is_masked_in_all_its_lines() -> None:
    key = ("+-----BEGIN PRIVATE KEY-----", "+MIIEvg", "+-----END PRIVATE KEY-----")
    found = Difference("forms", "x", Change.CHANGED, (), (Lines("file", key),))
    comparison = Comparison("a.zip", "b.zip", (found,), {})
    text = "".join(line.text for line in comparison_lines(comparison, summary=False))
    for report in (text, comparison_json(comparison, summary=False)):
        assert "MIIEvg" not in report
        assert "[redacted]" in report


@pytest.mark.parametrize("secret", ["password=abc", 'password="abc"', "##vso[x] pwd: abc"])
def test_json_stays_json_where_a_secret_is_masked(secret: str) -> None:
    found = Difference("x", "y", Change.CHANGED, (Detail(secret, "", "2"),))
    report = comparison_json(Comparison("a", "password=", (found,), {}), summary=False)
    (detail,) = json.loads(report)["differences"][0]["details"]
    assert "[redacted]" in detail["what"]
    assert detail["after"] == "2"
    assert "abc" not in report
    assert "##" not in report
