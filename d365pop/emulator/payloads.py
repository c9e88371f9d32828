"""Bodies of writes, checked against their table: values, references, nested rows; no writing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from d365pop.emulator.alternate_keys import addressed, no_such_key
from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import BAD_PAYLOAD, bad_payload, bad_request, does_not_exist
from d365pop.emulator.metadata import Column, Kind, Row, Table
from d365pop.emulator.odata.path import behind_version, parse_path
from d365pop.emulator.odata.values import to_sql
from d365pop.emulator.protocol import Json, JsonObject
from d365pop.emulator.store import Layer
from d365pop.emulator.virtual_tables import refresh_for_one

BIND = "@odata.bind"
TOO_LONG = "0x80044331"


@dataclass(frozen=True, slots=True)
class Payload:
    """A body, checked against its table."""

    values: Row
    children: Mapping[str, list[JsonObject]] = field(default_factory=dict)
    """Rows to create with this one, by navigation property."""
    parents: Mapping[str, JsonObject] = field(default_factory=dict)
    """Rows to create before this one, by the single-valued navigation property to them."""
    related: Mapping[str, list[str]] = field(default_factory=dict)
    """Ids of the rows to tie to this one, by navigation property."""


def read_payload(environment: Environment, table: Table, body: JsonObject) -> Payload:
    """Check a body against its table.

    Raises:
        Fault: a property is unknown, or its value does not fit.
    """
    values: Row = {}
    children: dict[str, list[JsonObject]] = {}
    parents: dict[str, JsonObject] = {}
    related: dict[str, list[str]] = {}
    for name, value in body.items():
        bound = name.removesuffix(BIND)
        if bound != name and bound in table.collections:
            related[bound] = _related(environment, table, bound, value)
        elif bound != name:
            values |= _bound(environment, table, bound, value)
        elif "@" in name:
            continue
        elif name in table.collections:
            children[name] = _rows(table, name, value)
        elif isinstance(value, dict) and table.lookup_for(name):
            parents[name] = value
        else:
            values |= _value(table, name, value)
    return Payload(values, children, parents, related)


def reference_target(environment: Environment, reference: str) -> tuple[Table, str]:
    """Return the table and id that ``/contacts(id)``, a key or the full address means.

    Raises:
        Fault: the text is no such address, or the row does not exist.
    """
    segments = parse_path(behind_version(reference))
    if len(segments) != 1 or not segments[0].called:
        raise bad_request(f"Invalid URI: '{reference}' does not address one row.", BAD_PAYLOAD)
    table = environment.catalog.by_set.get(segments[0].name)
    if table is None:
        raise bad_request(f"Resource not found for the segment '{segments[0].name}'.", BAD_PAYLOAD)
    refresh_for_one(environment, table)
    row_id, _ = addressed(environment, table, segments[0])
    if not row_id:
        raise no_such_key(table)
    if environment.store.get(table, row_id, Layer.DRAFT) is None:
        raise does_not_exist(table.logical_name, row_id)
    return table, row_id


def _bound(environment: Environment, table: Table, navigation: str, value: Json) -> Row:
    lookup = table.lookup_for(navigation)
    if lookup is None:
        raise bad_payload(
            table.entity_set_name,
            f"An undeclared property '{navigation}' which only has property annotations in the "
            "payload but no property value was found in the payload.",
        )
    column, target = lookup
    if value is None:
        return {column.name: None, column.type_column: None}
    other, row_id = reference_target(environment, str(value))
    if other.logical_name != target:
        raise bad_payload(
            table.entity_set_name,
            f"'{value}' is no reference to '{target}' (property '{navigation}').",
        )
    return {column.name: row_id, column.type_column: target}


def _related(environment: Environment, table: Table, name: str, value: Json) -> list[str]:
    """Return the ids that the addresses bound to a collection mean."""
    target = table.collections[name].table
    ids: list[str] = []
    for reference in value if isinstance(value, list) else [value]:
        other, row_id = reference_target(environment, str(reference))
        if other.logical_name != target:
            raise bad_payload(
                table.entity_set_name,
                f"'{reference}' is no reference to '{target}' (property '{name}').",
            )
        ids.append(row_id)
    return ids


def _value(table: Table, name: str, value: Json) -> Row:
    lookup = table.lookup_for(name)
    if lookup is not None and value is None:
        return {lookup[0].name: None, lookup[0].type_column: None}
    column = table.column_for(name)
    if column is None:
        raise bad_payload(
            table.entity_set_name,
            f"Invalid property '{name}' was found in entity "
            f"'Microsoft.Dynamics.CRM.{table.logical_name}'.",
        )
    if column.kind is Kind.LOOKUP:
        raise bad_request(
            "CRM do not support direct update of Entity Reference properties, "
            "Use Navigation properties instead.",
            BAD_PAYLOAD,
        )
    if column.read_only:
        # The platform takes read-only columns in a body and leaves them as they are.
        return {}
    check_length(table, column, value)
    return {column.name: to_sql(column, value, table.entity_set_name)}


def check_length(table: Table, column: Column, value: Json) -> None:
    """Demand that a text fits its column.

    Raises:
        Fault: it is too long.
    """
    if column.max_length and isinstance(value, str) and len(value) > column.max_length:
        raise bad_request(
            f"A validation error occurred. The length of the '{column.name}' attribute of the "
            f"'{table.logical_name}' entity exceeded the maximum allowed length of "
            f"'{column.max_length}'.",
            TOO_LONG,
        )


def _rows(table: Table, name: str, value: Json) -> list[JsonObject]:
    if not isinstance(value, list):
        raise bad_payload(table.entity_set_name, f"'{name}' must be an array of rows.")
    rows = [row for row in value if isinstance(row, dict)]
    if len(rows) != len(value):
        raise bad_payload(table.entity_set_name, f"'{name}' must hold rows only.")
    return rows
