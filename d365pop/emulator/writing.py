"""Creates, changes and deletes rows as the Web API does; knows no HTTP and no URL."""

from http import HTTPStatus

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.faults import (
    DUPLICATE,
    Fault,
    bad_payload,
    does_not_exist,
    method_not_allowed,
)
from d365pop.emulator.layering.removal import forget_component
from d365pop.emulator.layering.stack import remember_base
from d365pop.emulator.metadata import Kind, Row, Table
from d365pop.emulator.pairs import associate, forget_pairs
from d365pop.emulator.patches import check_unlocked
from d365pop.emulator.payloads import Payload, read_payload
from d365pop.emulator.protocol import JsonObject
from d365pop.emulator.rules import rules_for
from d365pop.emulator.security.guard import check_rows
from d365pop.emulator.solutions import add_component, solution_named
from d365pop.emulator.store import Layer

BUSINESS_UNIT = "businessunit"


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
        row |= _create_parents(environment, caller, table, payload)
        row |= rules_for(table).before_write(environment, row, None)
        environment.store.insert(table, row)
        create_children(environment, caller, table, row_id, payload)
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
    if payload.children or payload.parents or payload.related:
        raise bad_payload(table.entity_set_name, "Deep update is not supported.")
    with environment.store.transaction():
        before = existing_row(environment, table, row_id)
        changes = payload.values | {
            "modifiedon": environment.timestamp(),
            "modifiedby": caller.user_id,
            "modifiedby__type": "systemuser",
            **_acting(caller, table, "modifiedonbehalfby"),
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
    row |= _acting(caller, table, "createdonbehalfby", "modifiedonbehalfby")
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


def _acting(caller: Caller, table: Table, *names: str) -> Row:
    """Return the columns that tell who really wrote."""
    row: Row = {}
    for name in names:
        if name in table.columns:
            row |= {
                name: caller.acting_id or None,
                f"{name}__type": "systemuser" if caller.acting_id else None,
            }
    return row


def _create_parents(
    environment: Environment, caller: Caller, table: Table, payload: Payload
) -> Row:
    """Create what the row points to; return the columns that point there."""
    found: Row = {}
    for name, body in payload.parents.items():
        lookup = table.lookup_for(name)
        if lookup is not None:
            column, target = lookup
            other = environment.table(target)
            check_rows(environment, caller, other, "POST")
            row_id = create_row(environment, caller, other, body)
            found |= {column.name: row_id, column.type_column: target}
    return found


def create_children(
    environment: Environment, caller: Caller, table: Table, row_id: str, payload: Payload
) -> None:
    """Create what is nested in a row, and tie that and what exists already to the row.

    Raises:
        Fault: a body does not fit, or the caller may not write such rows.
    """
    for name, bodies in payload.children.items():
        other = environment.table(table.collections[name].table)
        check_rows(environment, caller, other, "POST")
        for body in bodies:
            _tie(environment, table, row_id, name, create_row(environment, caller, other, body))
    for name, ids in payload.related.items():
        check_rows(environment, caller, environment.table(table.collections[name].table), "PATCH")
        for child_id in ids:
            _tie(environment, table, row_id, name, child_id)


def _tie(environment: Environment, table: Table, row_id: str, name: str, child_id: str) -> None:
    collection = table.collections[name]
    if collection.intersect:
        associate(environment, collection, row_id, child_id)
        return
    link: Row = {collection.lookup: row_id, f"{collection.lookup}__type": table.logical_name}
    environment.store.update(environment.table(collection.table), child_id, link)


def _into_solution(environment: Environment, caller: Caller, table: Table, row_id: str) -> None:
    if not table.component_type or not caller.solution_unique_name:
        return
    solution = solution_named(environment, caller.solution_unique_name)
    check_unlocked(environment, solution)
    add_component(environment, solution, row_id, table.component_type)


def _require_writable(table: Table, method: str) -> None:
    if method not in table.writes:
        raise method_not_allowed(method)
