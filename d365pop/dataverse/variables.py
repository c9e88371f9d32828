"""Environment variables: reads definitions with their value, writes values."""

from collections.abc import Sequence

from d365pop.dataverse import odata
from d365pop.dataverse.client import Call, Dataverse, Row
from d365pop.dataverse.reading import nested_list, optional_text, text
from d365pop.models import Json, Labels, RemoteVariable

_DEFINITIONS = "environmentvariabledefinitions"
_VALUES = "environmentvariablevalues"
# ASSUMED: the names of the two navigation properties, here and in set_variable_value; no recorded
# answer of a live environment shows them.
_VALUE_OF = "environmentvariabledefinition_environmentvariablevalue"
_VALUE_COLUMNS = "environmentvariablevalueid,value,modifiedon,_modifiedby_value"
_LONGEST_FILTER = 1400


def retrieve_variables(dv: Dataverse, schema_names: Sequence[str]) -> tuple[RemoteVariable, ...]:
    """Return those of ``schema_names`` that are defined, by schema name."""
    found: list[RemoteVariable] = []
    for part in odata.chunks(schema_names, _LONGEST_FILTER):
        path = odata.query(
            _DEFINITIONS,
            {
                "$select": "environmentvariabledefinitionid,schemaname,displayname,description",
                "$expand": f"{_VALUE_OF}($select={_VALUE_COLUMNS})",
                "$filter": odata.in_filter("schemaname", part),
            },
        )
        found += map(_variable, dv.rows("list environment variables", path))
    return tuple(sorted(found, key=lambda variable: variable.schema_name.lower()))


def set_variable_value(dv: Dataverse, variable: RemoteVariable, value: str) -> None:
    """Write the value row of this environment, creating it where there is none.

    Raises:
        DataverseError: ``dataverse-row-changed`` where it is no longer as ``variable`` has it.
    """
    doing = f"set {variable.schema_name}"
    if variable.value_id:
        path = odata.entity(_VALUES, variable.value_id)
        headers = odata.if_match(variable.row_version)
        dv.send(Call(doing, "PATCH", path, {"value": value}, headers, idempotent=True))
        return
    definition = odata.entity(_DEFINITIONS, variable.definition_id)
    dv.send(
        Call(
            doing,
            "POST",
            _VALUES,
            {
                "schemaname": variable.schema_name,
                "value": value,
                "EnvironmentVariableDefinitionId@odata.bind": f"/{definition}",
            },
        )
    )


def label_variable(dv: Dataverse, definition_id: str, labels: Labels, row_version: str) -> None:
    """Write what a definition says of itself.

    Raises:
        DataverseError: ``dataverse-row-changed`` where it is no longer at ``row_version``.
    """
    path = odata.entity(_DEFINITIONS, definition_id)
    body: dict[str, Json] = {
        "displayname": labels.display_name,
        "description": labels.description or None,
    }
    doing = f"label the environment variable {definition_id}"
    dv.send(Call(doing, "PATCH", path, body, odata.if_match(row_version), idempotent=True))


def clear_variable_value(dv: Dataverse, variable: RemoteVariable) -> None:
    """Delete the value row of this environment; without one nothing is done.

    Raises:
        DataverseError: ``dataverse-row-changed`` where it is no longer as ``variable`` has it.
    """
    if variable.value_id:
        path = odata.entity(_VALUES, variable.value_id)
        dv.delete(f"clear {variable.schema_name}", path, odata.if_match(variable.row_version))


def delete_variable(dv: Dataverse, variable: RemoteVariable) -> None:
    """Delete a definition and its value; one that is gone already is no error.

    Raises:
        DataverseError: ``dataverse-row-changed`` where one is no longer as ``variable`` has it.
    """
    clear_variable_value(dv, variable)
    path = odata.entity(_DEFINITIONS, variable.definition_id)
    headers = odata.if_match(variable.definition_version)
    dv.delete(f"delete {variable.schema_name}", path, headers)


def _variable(row: Row) -> RemoteVariable:
    values = nested_list(row, _VALUE_OF)
    value = values[0].get("value") if values else None
    return RemoteVariable(
        definition_id=text(row, "environmentvariabledefinitionid"),
        schema_name=text(row, "schemaname"),
        value_id=text(values[0], "environmentvariablevalueid") if values else "",
        value=value if isinstance(value, str) else None,
        modified_on=optional_text(values[0], "modifiedon") if values else "",
        modified_by=optional_text(values[0], "_modifiedby_value") if values else "",
        labels=Labels(optional_text(row, "displayname"), optional_text(row, "description")),
        # ASSUMED: an expanded row has its ETag, as in Microsoft's examples; without one the value
        # is compared just before it is written.
        row_version=optional_text(values[0], "@odata.etag") if values else "",
        definition_version=optional_text(row, "@odata.etag"),
    )
