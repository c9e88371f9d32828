"""Deployment settings files: read as Microsoft's readers do, refused with every mistake."""

import json
from pathlib import Path

import pytest

from d365pop.config import load
from d365pop.desired import deployment_settings, page_settings, variable_value
from d365pop.errors import ConfigurationError
from d365pop.models import Json
from d365pop.settings_file import SettingsFile, read
from tests.workspace import ROOT

SETTINGS = load(ROOT / "d365pop.toml", {})
LOCAL = SETTINGS.environment("local")
OURS = "d365pop_ScreenPopSettings"
REFERENCE: Json = {"LogicalName": "contoso_mail", "ConnectionId": "1", "ConnectorId": "/apis/mail"}


def written(folder: Path, content: object) -> Path:
    path = folder / "prod.json"
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, "utf-8-sig")  # as Windows' tools write
    return path


def test_file_is_read_with_keys_in_any_case(tmp_path: Path) -> None:
    content = {
        "environmentvariables": [
            {"schemaName": "contoso_Url", "value": "https://x"},
            {"SchemaName": OURS.upper(), "Value": ""},
            {"SchemaName": "contoso_Later", "Value": None},
        ],
        "ConnectionReferences": [REFERENCE],
    }
    found = read(written(tmp_path, content))
    assert found == SettingsFile(
        {"contoso_Url": "https://x", OURS.upper(): "", "contoso_Later": ""}, (REFERENCE,)
    )
    assert found.others(OURS) == ["contoso_Url", "contoso_Later", "contoso_mail"]


@pytest.mark.parametrize(
    ("content", "mistakes"),
    [
        ("{", ["it is no JSON: Expecting property name"]),
        ([], ["it holds no object"]),
        ({}, ["it has neither EnvironmentVariables nor ConnectionReferences"]),
        (
            {"EnvironmentVariables": {}, "ConnectionReferences": ["x", {}]},
            [
                "EnvironmentVariables is no list",
                "ConnectionReferences #1: is no object",
                "ConnectionReferences #2: LogicalName is missing",
            ],
        ),
        (
            {
                "EnvironmentVariables": [
                    {"SchemaName": "a_B", "Value": {"version": 1}},
                    {"SchemaName": "A_b", "Value": "x"},
                    {"Value": "x"},
                ]
            },
            [
                "EnvironmentVariables #1: Value must be a text; JSON too is written as one",
                "EnvironmentVariables #3: SchemaName is missing",
                "a_b stands 2 times",
            ],
        ),
    ],
    ids=["no-json", "list", "empty", "shapes", "entries"],
)
def test_file_of_another_shape_is_refused_with_every_mistake(
    tmp_path: Path, content: object, mistakes: list[str]
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(written(tmp_path, content))
    assert caught.value.reference == "settings-file-invalid"
    lines = caught.value.context.splitlines()
    assert len(lines) == len(mistakes)
    for line, mistake in zip(lines, mistakes, strict=True):
        assert line.startswith(mistake)


def test_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(tmp_path / "gone.json")
    assert caught.value.reference == "settings-file-unreadable"


def test_value_of_the_file_counts_and_an_empty_one_does_not() -> None:
    value = '{"version": 1, "screenPop": {}}'
    assert variable_value(SETTINGS, LOCAL, SettingsFile({OURS.lower(): value})) == value
    for empty in (SettingsFile({OURS: ""}), SettingsFile({"contoso_Url": value})):
        assert variable_value(SETTINGS, LOCAL, empty) == page_settings(SETTINGS, LOCAL)


@pytest.mark.parametrize("value", ["no json", "[1]", '{"version": 2}', "{}"])
def test_value_that_the_page_cannot_read_is_refused(value: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        variable_value(SETTINGS, LOCAL, SettingsFile({OURS: value}))
    assert caught.value.reference == "settings-value-invalid"


def test_value_longer_than_dataverse_takes_is_refused() -> None:
    value = json.dumps({"version": 1, "more": "x" * 2000})
    with pytest.raises(ConfigurationError) as caught:
        variable_value(SETTINGS, LOCAL, SettingsFile({OURS: value}))
    assert caught.value.reference == "settings-too-long"


def test_what_is_written_has_our_value_and_keeps_the_rest(tmp_path: Path) -> None:
    given = SettingsFile({"contoso_Url": "https://x/ä", OURS.upper(): ""}, (REFERENCE,))
    (tmp_path / "out.json").write_bytes(deployment_settings(SETTINGS, LOCAL, given))
    assert read(tmp_path / "out.json") == SettingsFile(
        {OURS: page_settings(SETTINGS, LOCAL), "contoso_Url": "https://x/ä"}, (REFERENCE,)
    )
