"""What Dataverse demands of environment variables."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import DUPLICATE, Fault, bad_request
from d365pop.emulator.metadata import Row
from d365pop.emulator.rules.base import Rules
from d365pop.emulator.store import Layer

TYPES = range(100_000_000, 100_000_006)


def _before_write_definition(environment: Environment, row: Row, before: Row | None) -> Row:
    name = str(row.get("schemaname") or "")
    if not name:
        raise bad_request("Attribute 'schemaname' cannot be NULL.", "0x80040203")
    if row.get("type") not in TYPES:
        raise bad_request(
            f"A validation error occurred.  The value {row.get('type')} of 'type' on record of "
            "type 'environmentvariabledefinition' is outside the valid range.",
            "0x8004431a",
        )
    table = environment.table("environmentvariabledefinition")
    if before is None and environment.store.find(table, "schemaname", name, Layer.DRAFT):
        raise Fault(412, DUPLICATE, "A record with matching key values already exists.")
    return {}


def _before_delete_definition(environment: Environment, row: Row) -> None:
    values = environment.table("environmentvariablevalue")
    column, definition_id = (
        "environmentvariabledefinitionid",
        row["environmentvariabledefinitionid"],
    )
    for value in environment.store.find(values, column, definition_id, Layer.DRAFT):
        environment.store.delete(values, str(value["environmentvariablevalueid"]))


def _before_write_value(environment: Environment, row: Row, before: Row | None) -> Row:
    column = "environmentvariabledefinitionid"
    if not row.get(column):
        raise bad_request(f"Attribute '{column}' cannot be NULL.", "0x80040203")
    values = environment.table("environmentvariablevalue")
    if before is None and environment.store.find(values, column, row[column], Layer.DRAFT):
        # ASSUMED: one value per definition; the exact error is unknown.
        raise Fault(412, DUPLICATE, "A record with matching key values already exists.")
    return {}


DEFINITION_RULES = Rules(write=_before_write_definition, delete=_before_delete_definition)
VALUE_RULES = Rules(write=_before_write_value)
