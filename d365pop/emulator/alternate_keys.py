"""Rows addressed by an alternate key in place of their id."""

from collections.abc import Mapping
from http import HTTPStatus

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import Fault, bad_request
from d365pop.emulator.metadata import Catalog, Column, Kind, Row, Table
from d365pop.emulator.odata.conditions import equal_to, plain_value
from d365pop.emulator.odata.path import Segment, unquote_literal
from d365pop.emulator.odata.values import to_json
from d365pop.emulator.protocol import JsonObject
from d365pop.emulator.store import Layer, Selection

NO_ALIASES: Mapping[str, str] = {}


def addressed(
    environment: Environment,
    table: Table,
    segment: Segment,
    aliases: Mapping[str, str] = NO_ALIASES,
) -> tuple[str, Row]:
    """Return the id of an addressed row, empty where none has the alternate key, and that key.

    Raises:
        Fault: the segment addresses no single row.
    """
    if segment.key:
        return segment.key, {}
    if not segment.arguments:
        raise bad_request(f"The key of '{segment.name}' does not address one row.")
    arguments = {name: aliases.get(text, text) for name, text in segment.arguments.items()}
    if arguments.keys() == {table.primary_id}:
        return unquote_literal(arguments[table.primary_id]).strip("{}").lower(), {}
    key = read_key(table, arguments)
    return find_by_key(environment, table, key), key


def no_such_key(table: Table) -> Fault:
    """Return the fault of a key that no row has."""
    return Fault(
        HTTPStatus.NOT_FOUND,
        "0x80060891",
        f"A record with the specified key values does not exist in {table.logical_name} entity",
    )


def read_key(table: Table, arguments: Mapping[str, str]) -> Row:
    """Return the values of a key by column.

    Raises:
        Fault: the table has no such key, or a value does not fit its column.
    """
    columns = {name: table.column_for(name) for name in arguments}
    named = {column.name for column in columns.values() if column is not None}
    if len(named) < len(columns) or named not in [set(key) for key in table.keys]:
        shown = ",".join(arguments)
        raise bad_request(
            f"The specified key '{shown}' does not exist on 'Microsoft.Dynamics.CRM."
            f"{table.logical_name}'."
        )
    return {
        column.name: plain_value(unquote_literal(arguments[name]), column)
        for name, column in columns.items()
        if column is not None
    }


def find_by_key(environment: Environment, table: Table, key: Row) -> str:
    """Return the id of the row with this key, empty where there is none."""
    conditions = [equal_to(table.columns[name], value) for name, value in key.items()]
    where = " AND ".join(condition.text for condition in conditions)
    parameters = tuple(value for condition in conditions for value in condition.parameters)
    rows = environment.store.select(table, Selection(where, parameters, limit=1), Layer.DRAFT)
    return str(rows[0][table.primary_id]) if rows else ""


def key_as_body(catalog: Catalog, table: Table, key: Row) -> JsonObject:
    """Return a key as the properties that a row to be created has from it."""
    body: JsonObject = {}
    for name, value in key.items():
        column = table.columns[name]
        if column.kind is Kind.LOOKUP:
            navigation, target = _only_target(column)
            body[f"{navigation}@odata.bind"] = (
                f"/{catalog.by_name[target].entity_set_name}({value})"
            )
        else:
            body[column.property_name] = to_json(column, value)
    return body


def _only_target(column: Column) -> tuple[str, str]:
    navigations = list(column.navigations.items())
    if len({target for _, target in navigations}) != 1:
        raise bad_request(f"'{column.name}' has no single target, so it cannot be part of a key.")
    return navigations[0]
