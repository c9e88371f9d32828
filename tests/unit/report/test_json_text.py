"""The JSON report and the schema that its readers rely on."""

import json
from importlib.resources import files
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from d365pop.report.findings import CheckReport
from d365pop.report.json_text import format_json
from tests.unit.report.reports import CLEAN, HOSTILE, MIXED

SCHEMA = json.loads(files("d365pop.report").joinpath("schemas", "check-1.json").read_text("utf-8"))


def document(made: CheckReport) -> Any:
    return json.loads(format_json(made))


def test_schema_is_itself_valid() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("made", [MIXED, CLEAN, HOSTILE], ids=["mixed", "clean", "hostile"])
def test_report_is_valid_for_its_schema(made: CheckReport) -> None:
    Draft202012Validator(SCHEMA).validate(document(made))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), 2),
        (("fail_on",), "informational"),
        (("summary", "low"), -1),
        (("packages", 0, "findings", 0, "severity"), "grave"),
        (("packages", 0, "findings", 0, "line"), "3"),
        (("packages", 0, "findings", 0, "fingerprint"), "x"),
        (("rules", 0, "mend"), None),
    ],
    ids=str,
)
def test_schema_refuses_another_shape(path: tuple[str | int, ...], value: object) -> None:
    changed = document(MIXED)
    node = changed
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value
    assert not Draft202012Validator(SCHEMA).is_valid(changed)


def test_number_signs_come_back_as_they_were() -> None:
    assert "##vso[task.setvariable" in document(HOSTILE)["packages"][0]["path"]


def test_schema_describes_every_key_that_is_written() -> None:
    written = document(MIXED)
    defs = SCHEMA["$defs"]
    assert set(written) == set(SCHEMA["properties"])
    assert set(written["packages"][0]) == set(defs["package"]["properties"])
    assert set(written["packages"][0]["findings"][0]) == set(defs["finding"]["properties"])
    assert set(written["rules"][0]) == set(defs["rule"]["properties"])
