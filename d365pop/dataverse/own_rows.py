"""Rows of ours in ordinary tables: reads, creates, changes and deletes them, by kind."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from d365pop.dataverse import odata
from d365pop.dataverse.client import Call, Dataverse, Row
from d365pop.dataverse.reading import nested, optional_text, text
from d365pop.dataverse.tables import retrieve_table_id
from d365pop.dataverse.web_resources import retrieve_web_resource_ids
from d365pop.errors import DataverseError
from d365pop.models import Json
from d365pop.own_rows import Keyed, OwnKind, RemoteRow, RowKind, RowValue, stable_id

_STATE: Final = "statecode"


@dataclass(frozen=True, slots=True)
class _Table:
    """Where the rows of a kind lie."""

    entity_set_name: str
    id_column: str
    key_column: str
    columns: tuple[str, ...]
    scripts: Mapping[str, str] = field(default_factory=dict)
    """Navigation property by lookup column, of lookups that point to a web resource."""
    tables: Mapping[str, str] = field(default_factory=dict)
    """Navigation property by the column that holds the table's name, of lookups of a table."""
    kept: frozenset[str] = frozenset()
    """Columns that Dataverse takes when a row is created, and never again."""


_TABLES: Final[Mapping[RowKind, _Table]] = {
    RowKind.COMMAND: _Table(
        entity_set_name="appactions",
        id_column="appactionid",
        key_column="uniquename",
        columns=(
            *("name", "type", "location", "context", "contextvalue", "buttonlabeltext"),
            *("buttonaccessibilitytext", "buttontooltiptitle", "buttontooltipdescription"),
            *("fonticon", "sequence", "hidden", "visibilitytype", "onclickeventtype"),
            *("onclickeventjavascriptfunctionname", _STATE),
        ),
        scripts={"onclickeventjavascriptwebresourceid": "OnClickEventJavaScriptWebResourceId"},
        tables={"contextvalue": "ContextEntity"},
        kept=frozenset({"name", "type", "location", "context", "contextvalue"}),
    ),
    RowKind.PROVIDER: _Table(
        entity_set_name="msdyn_ciproviders",
        id_column="msdyn_ciproviderid",
        key_column="msdyn_name",
        columns=(
            *("msdyn_label", "msdyn_landingurl", "msdyn_clicktoact", "msdyn_sortorder"),
            *("msdyn_roleselector", _STATE),
        ),
    ),
    RowKind.CHANNEL: _Table(
        entity_set_name="msdyn_channelproviders",
        id_column="msdyn_channelproviderid",
        key_column="msdyn_uniquename",
        columns=(
            *("msdyn_name", "msdyn_label", "msdyn_channelurl", "msdyn_enableoutbound"),
            *("msdyn_sortorder", "msdyn_apiversion", _STATE),
        ),
    ),
    RowKind.NOTIFICATION: _Table(
        entity_set_name="msdyn_notificationtemplates",
        id_column="msdyn_notificationtemplateid",
        key_column="msdyn_uniquename",
        columns=(
            *("msdyn_name", "msdyn_title", "msdyn_icon", "msdyn_timeout", "msdyn_showtimeout"),
            *("msdyn_acceptbuttontext", "msdyn_showrejectbutton", "msdyn_rejectbuttontext"),
            *("msdyn_autoacceptnotification", _STATE),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class RowAt(Keyed):
    """Which row is written, and at which version it must still be."""

    kind: RowKind
    row_id: str
    row_version: str


def kept_columns(kind: OwnKind) -> frozenset[str]:
    """Return the columns that stay as a row was created."""
    return _TABLES[kind].kept if isinstance(kind, RowKind) else frozenset()


def script_columns(kind: OwnKind) -> Collection[str]:
    """Return the columns that hold the name of a web resource."""
    return _TABLES[kind].scripts.keys() if isinstance(kind, RowKind) else ()


def retrieve_rows(dv: Dataverse, kind: RowKind, prefix: str) -> tuple[RemoteRow, ...]:
    """Return the rows whose keys begin with ``prefix``, by key."""
    rows = _rows(dv, kind, f"startswith({_TABLES[kind].key_column},{odata.quote(prefix)})")
    return tuple(sorted(rows, key=lambda row: row.key))


def missing_table(kind: OwnKind, error: DataverseError) -> DataverseError:
    """Return what to raise where rows are wanted in a table that the environment lacks."""
    if kind is RowKind.COMMAND or error.status != HTTPStatus.NOT_FOUND:
        return error
    return DataverseError(
        "cif-missing",
        "The environment lacks the Channel Integration Framework, or this version of it.",
        status=error.status,
        code=error.code,
        context=error.message,
        hint="Version 1 comes from Microsoft's AppSource, version 2 with the Customer Service "
        "workspace. Install it, or set [host] kind to side-pane.",
    )


def retrieve_row(dv: Dataverse, kind: RowKind, key: str) -> RemoteRow | None:
    """Return the row with this key; None where there is none."""
    found = _rows(dv, kind, f"{_TABLES[kind].key_column} eq {odata.quote(key)}")
    return found[0] if found else None


def create_row(dv: Dataverse, kind: RowKind, key: str, values: Mapping[str, RowValue]) -> None:
    """Create a row under the stable id of its key.

    Raises:
        DataverseError: ``dataverse-duplicate`` where it is there already.
    """
    table, row_id = _TABLES[kind], str(stable_id(kind, key))
    # Every new row is active: Dataverse takes another state only of one that is there.
    first = {column: value for column, value in values.items() if column != _STATE}
    body = {
        table.id_column: row_id,
        table.key_column: key,
        **_body(dv, table, first),
        **_table_links(dv, table, first),
    }
    dv.send(Call(f"create the {kind} {key}", "POST", table.entity_set_name, body))
    if state := values.get(_STATE):
        update_row(dv, RowAt(kind, key, row_id, ""), {_STATE: state})


def update_row(dv: Dataverse, there: RowAt, changes: Mapping[str, RowValue]) -> None:
    """Write the columns that change.

    Raises:
        DataverseError: ``dataverse-row-changed`` where it is no longer at its version.
    """
    table = _TABLES[there.kind]
    dv.send(
        Call(
            f"change the {there.label}",
            "PATCH",
            odata.entity(table.entity_set_name, there.row_id),
            _body(dv, table, changes),
            odata.if_match(there.row_version),
            idempotent=True,
        )
    )


def delete_row(dv: Dataverse, there: RowAt) -> None:
    """Delete the row; one that is gone already is no error.

    Raises:
        DataverseError: ``dataverse-row-changed`` where it is no longer at its version.
    """
    path = odata.entity(_TABLES[there.kind].entity_set_name, there.row_id)
    dv.delete(f"delete the {there.label}", path, odata.if_match(there.row_version))


def _rows(dv: Dataverse, kind: RowKind, condition: str) -> list[RemoteRow]:
    table = _TABLES[kind]
    columns = (table.id_column, table.key_column, *table.columns, "modifiedon", "_modifiedby_value")
    path = odata.query(
        table.entity_set_name,
        {
            "$select": ",".join(columns),
            "$expand": ",".join(f"{name}($select=name)" for name in table.scripts.values()),
            "$filter": condition,
        },
    )
    return [_remote(kind, table, row) for row in dv.rows(f"list each {kind} of ours", path)]


def _remote(kind: RowKind, table: _Table, row: Row) -> RemoteRow:
    links = {
        column: text(nested(row, navigation), "name") if row.get(navigation) else None
        for column, navigation in table.scripts.items()
    }
    return RemoteRow(
        kind=kind,
        key=text(row, table.key_column),
        row_id=text(row, table.id_column),
        values={**{column: _value(row.get(column)) for column in table.columns}, **links},
        row_version=optional_text(row, "@odata.etag"),
        modified_on=optional_text(row, "modifiedon"),
        modified_by=optional_text(row, "_modifiedby_value"),
    )


def _value(value: Json) -> RowValue:
    """Return a column's value; a decimal without a fraction as the whole number that we wrote."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, bool | int | float | str) else None


def _body(dv: Dataverse, table: _Table, values: Mapping[str, RowValue]) -> dict[str, Json]:
    body: dict[str, Json] = {}
    for column, value in values.items():
        navigation = table.scripts.get(column)
        if navigation is None:
            body[column] = value
        else:
            body[f"{navigation}@odata.bind"] = _web_resource(dv, str(value)) if value else None
    return body


def _table_links(dv: Dataverse, table: _Table, values: Mapping[str, RowValue]) -> dict[str, Json]:
    # ASSUMED: the set “entities” takes a table's MetadataId, as scripts of others show.
    return {
        f"{navigation}@odata.bind": f"/entities({retrieve_table_id(dv, str(name))})"
        for column, navigation in table.tables.items()
        if (name := values.get(column))
    }


def _web_resource(dv: Dataverse, name: str) -> str:
    found = retrieve_web_resource_ids(dv, [name]).get(name.lower())
    if found is None:
        raise DataverseError(
            "web-resource-missing",
            f"{name} is to be called by a command, but is not there.",
            status=HTTPStatus.NOT_FOUND,
            hint="Look at the solution's history in the maker portal.",
        )
    return f"/webresourceset({found})"
