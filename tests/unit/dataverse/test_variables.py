import pytest

from d365pop.dataverse.variables import retrieve_variables, set_variable_value
from d365pop.errors import DataverseError
from d365pop.models import Json, RemoteVariable
from tests.unit.dataverse.fake import NO_CONTENT, environment, refusal, rows

EXPAND = "environmentvariabledefinition_environmentvariablevalue"


def definition(name: str, *values: dict[str, Json]) -> dict[str, Json]:
    return {
        "environmentvariabledefinitionid": f"id-of-{name}",
        "schemaname": name,
        EXPAND: list(values),
    }


def test_definition_comes_with_its_value() -> None:
    value: dict[str, Json] = {"environmentvariablevalueid": "v1", "value": '{"a":1}'}
    server = environment(rows(definition("new_Settings", value)))
    assert retrieve_variables(server.client, ["new_Settings"]) == (
        RemoteVariable("id-of-new_Settings", "new_Settings", "v1", '{"a":1}'),
    )
    assert server.calls == [
        (
            "GET environmentvariabledefinitions?$select="
            "environmentvariabledefinitionid,schemaname,displayname,description"
            f"&$expand={EXPAND}($select=environmentvariablevalueid,value,modifiedon,_modifiedby_value)"
            "&$filter=(schemaname eq 'new_Settings')"
        )
    ]


@pytest.mark.parametrize(
    ("found", "variable"),
    [
        (definition("new_A"), RemoteVariable("id-of-new_A", "new_A", "", None)),
        (
            definition("new_A", {"environmentvariablevalueid": "v1", "value": None}),
            RemoteVariable("id-of-new_A", "new_A", "v1", None),
        ),
        (
            definition("new_A", {"environmentvariablevalueid": "v1", "value": ""}),
            RemoteVariable("id-of-new_A", "new_A", "v1", ""),
        ),
    ],
    ids=["no value row", "null value", "empty value"],
)
def test_missing_value_is_none(found: dict[str, Json], variable: RemoteVariable) -> None:
    assert retrieve_variables(environment(rows(found)).client, ["new_A"]) == (variable,)


def test_variables_are_ordered_by_name() -> None:
    server = environment(rows(definition("new_b"), definition("new_A")))
    found = retrieve_variables(server.client, ["new_b", "new_A"])
    assert [each.schema_name for each in found] == ["new_A", "new_b"]


def test_no_names_ask_nothing() -> None:
    assert retrieve_variables(environment().client, []) == ()


def test_definition_without_an_id_is_an_error() -> None:
    with pytest.raises(DataverseError):
        retrieve_variables(environment(rows({"schemaname": "new_A"})).client, ["new_A"])


def test_existing_value_row_is_updated() -> None:
    server = environment(NO_CONTENT)
    set_variable_value(server.client, RemoteVariable("d1", "new_A", "v1", "old"), "new")
    assert server.calls == ["PATCH environmentvariablevalues(v1)"]
    assert server.requests[0].headers["If-Match"] == "*"
    assert server.body() == {"value": "new"}


def test_missing_value_row_is_created_and_bound_to_its_definition() -> None:
    server = environment(NO_CONTENT)
    set_variable_value(server.client, RemoteVariable("d1", "new_A", "", None), "new")
    assert server.calls == ["POST environmentvariablevalues"]
    assert not server.requests[0].idempotent
    assert server.body() == {
        "schemaname": "new_A",
        "value": "new",
        "EnvironmentVariableDefinitionId@odata.bind": "/environmentvariabledefinitions(d1)",
    }


def test_refusal_names_the_variable() -> None:
    server = environment(refusal(403, "0x80040220", "no privilege"))
    with pytest.raises(DataverseError, match="refused to set new_A: no privilege"):
        set_variable_value(server.client, RemoteVariable("d1", "new_A", "", None), "new")
