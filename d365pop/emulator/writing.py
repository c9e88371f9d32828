"""Creates, changes and deletes rows as the Web API does; knows no HTTP and no URL."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.faults import (
    BAD_PAYLOAD,
    DUPLICATE,
    Fault,
    bad_payload,
    bad_request,
    does_not_exist,
    method_not_allowed,
)
from d365pop.emulator.layering.removal import forget_component
from d365pop.emulator.layering.stack import remember_base
from d365pop.emulator.metadata import Column, Kind, Row, Table
from d365pop.emulator.odata.path import parse_path
from d365pop.emulator.odata.values import to_sql
from d365pop.emulator.pairs import associate, forget_pairs
from d365pop.emulator.patches import check_unlocked
from d365pop.emulator.protocol import Json, JsonObject
from d365pop.emulator.rules import rules_for
from d365pop.emulator.solutions import add_component, solution_named
from d365pop.emulator.store import Layer

BIND = "@odata.bind"
TOO_LONG = "0x80044331"
BUSINESS_UNIT = "businessunit"


@dataclass(frozen=True, slots=True)
class Payload:
    """A body, checked against its table."""

    values: Row
    children: Mapping[str, list[JsonObject]] = field(default_factory=dict)
    """Rows to create with this one, by navigation property."""


def create_row(environment: Environment, caller: Caller, table: Table, body: JsonObject) -> str:
    """Create a row and what is nested in it; return its id.

    Raises:
        Fault: the body does not fit, or the row exists.
    """
    _require_writable(table, "POST")
    payload = read_payload(environment, table, body)
    row_id = str(payload.values.get(table.primary_id) or environment.new_id())
    with environment.store.transaction():
        if environment.store.get(table, row_id, Layer.DRAFT) is not None:
            raise Fault(
                HTTPStatus.PRECONDITION_FAILED,
                DUPLICATE,
                "A record with matching key values already exists.",
            )
        row = new_row(environment, caller, table) | payload.values | {table.primary_id: row_id}
        row |= rules_for(table).before_write(environment, row, None)
        environment.store.insert(table, row)
        _create_children(environment, caller, table, row_id, payload)
        _into_solution(environment, caller, table, row_id)
    return row_id


def update_row(
    environment: Environment, caller: Caller, table: Table, row_id: str, body: JsonObject
) -> None:
    """Change a row; of a publishable table only its draft.

    Raises:
        Fault: the body does not fit, or there is no such row.
    """
    _require_writable(table, "PATCH")
    payload = read_payload(environment, table, body)
    if payload.children:
        raise bad_payload(table.entity_set_name, "Deep update is not supported.")
    with environment.store.transaction():
        before = existing_row(environment, table, row_id)
        changes = payload.values | {
            "modifiedon": environment.timestamp(),
            "modifiedby": caller.user_id,
            "modifiedby__type": "systemuser",
        }
        changes.pop(table.primary_id, None)
        changes |= rules_for(table).before_write(environment, before | changes, before)
        if "activelayer" in table.columns and before["ismanaged"]:
            remember_base(environment, table, before)
            changes["activelayer"] = 1
        environment.store.update(table, row_id, changes)
        _into_solution(environment, caller, table, row_id)


def delete_row(environment: Environment, table: Table, row_id: str) -> None:
    """Delete a row.

    Raises:
        Fault: there is no such row, or something depends on it.
    """
    _require_writable(table, "DELETE")
    with environment.store.transaction():
        row = existing_row(environment, table, row_id)
        rules_for(table).before_delete(environment, row)
        environment.store.delete(table, row_id)
        forget_pairs(environment, table, row_id)
        if table.component_type:
            forget_component(environment, table, row_id)


def existing_row(environment: Environment, table: Table, row_id: str) -> Row:
    """Return the newest state of a row.

    Raises:
        Fault: there is none.
    """
    row = environment.store.get(table, row_id, Layer.DRAFT)
    if row is None:
        raise does_not_exist(table.logical_name, row_id)
    return row


def new_row(environment: Environment, caller: Caller, table: Table) -> Row:
    """Return what the platform itself puts into a new row."""
    now = environment.timestamp()
    row: Row = {
        column.name: column.default
        for column in table.columns.values()
        if column.default is not None
    }
    row |= {"createdon": now, "modifiedon": now}
    for name in ("createdby", "modifiedby", "ownerid", "owninguser"):
        column = table.columns.get(name)
        if column is not None and column.kind is Kind.LOOKUP:
            row |= {name: caller.user_id, f"{name}__type": "systemuser"}
    user = environment.store.get(environment.table("systemuser"), caller.user_id)
    if user is not None and "owningbusinessunit" in table.columns:
        row |= {
            "owningbusinessunit": user["businessunitid"],
            "owningbusinessunit__type": BUSINESS_UNIT,
        }
    organization = table.columns.get("organizationid")
    if organization is not None and organization.kind is Kind.LOOKUP:
        found = environment.store.setting("organization_id")
        row |= {"organizationid": found, "organizationid__type": "organization"}
    return row


def read_payload(environment: Environment, table: Table, body: JsonObject) -> Payload:
    """Check a body against its table.

    Raises:
        Fault: a property is unknown, or its value does not fit.
    """
    values: Row = {}
    children: dict[str, list[JsonObject]] = {}
    for name, value in body.items():
        if name.endswith(BIND):
            values |= _bound(environment, table, name.removesuffix(BIND), value)
        elif "@" in name:
            continue
        elif name in table.collections:
            children[name] = _rows(table, name, value)
        else:
            values |= _value(table, name, value)
    return Payload(values, children)


def reference_target(environment: Environment, reference: str) -> tuple[Table, str]:
    """Return the table and id that ``/contacts(id)`` or its full address means.

    Raises:
        Fault: the text is no such address, or the row does not exist.
    """
    text = reference
    if "/api/data/" in text:
        text = text.partition("/api/data/")[2].partition("/")[2]
    segments = parse_path(text)
    if len(segments) != 1 or not segments[0].key:
        raise bad_request(f"Invalid URI: '{reference}' does not address one row.", BAD_PAYLOAD)
    table = environment.catalog.by_set.get(segments[0].name)
    if table is None:
        raise bad_request(f"Resource not found for the segment '{segments[0].name}'.", BAD_PAYLOAD)
    existing_row(environment, table, segments[0].key)
    return table, segments[0].key


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


def _create_children(
    environment: Environment, caller: Caller, table: Table, row_id: str, payload: Payload
) -> None:
    for name, bodies in payload.children.items():
        collection = table.collections[name]
        other = environment.table(collection.table)
        for body in bodies:
            child_id = create_row(environment, caller, other, body)
            if collection.intersect:
                associate(environment, collection, row_id, child_id)
                continue
            link: Row = {collection.lookup: row_id}
            link[f"{collection.lookup}__type"] = table.logical_name
            environment.store.update(other, child_id, link)


def _into_solution(environment: Environment, caller: Caller, table: Table, row_id: str) -> None:
    if not table.component_type or not caller.solution_unique_name:
        return
    solution = solution_named(environment, caller.solution_unique_name)
    check_unlocked(environment, solution)
    add_component(environment, solution, row_id, table.component_type)


def _require_writable(table: Table, method: str) -> None:
    if method not in table.writes:
        raise method_not_allowed(method)
