"""``CreateMultiple`` and its like: many rows of one table, all or none."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from d365pop.emulator.alternate_keys import addressed, key_as_body
from d365pop.emulator.environment import Environment
from d365pop.emulator.exchange import Exchange
from d365pop.emulator.faults import bad_request, method_not_allowed
from d365pop.emulator.metadata import CRM, Row, Table
from d365pop.emulator.odata.path import behind_version, parse_path
from d365pop.emulator.protocol import JsonObject, Response
from d365pop.emulator.security.guard import check_rows
from d365pop.emulator.store import Layer
from d365pop.emulator.writing import create_row, update_row

MOST_TARGETS = 1000


def create_multiple(exchange: Exchange, table: Table) -> Response:
    """Create every target; return their ids."""
    environment, caller = exchange.environment, exchange.caller
    with environment.store.transaction():
        ids = [create_row(environment, caller, table, body) for body in _targets(exchange, table)]
    context = f"{exchange.root}$metadata#{CRM}CreateMultipleResponse"
    return exchange.answer({"@odata.context": context, "Ids": list(ids)})


def update_multiple(exchange: Exchange, table: Table) -> Response:
    """Change every target."""
    environment, caller = exchange.environment, exchange.caller
    with environment.store.transaction():
        for body in _targets(exchange, table):
            row_id = body.get(table.primary_id)
            if not isinstance(row_id, str):
                raise bad_request(f"A target has no '{table.primary_id}'.")
            update_row(environment, caller, table, row_id.lower(), body)
    return Response(HTTPStatus.NO_CONTENT)


def upsert_multiple(exchange: Exchange, table: Table) -> Response:
    """Change each target that ``@odata.id`` or its id finds; create the others.

    https://learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/upsertmultiple
    """
    with exchange.environment.store.transaction():
        for body in _targets(exchange, table):
            _upsert(exchange, table, body)
    return Response(HTTPStatus.NO_CONTENT)


def _upsert(exchange: Exchange, table: Table, body: JsonObject) -> None:
    environment, caller = exchange.environment, exchange.caller
    row_id, key = _target(environment, table, body)
    if row_id and environment.store.get(table, row_id, Layer.DRAFT) is not None:
        update_row(environment, caller, table, row_id, body)
        return
    check_rows(environment, caller, table, "POST")
    own: JsonObject = {table.primary_id: row_id} if row_id else {}
    create_row(
        environment, caller, table, body | own | key_as_body(environment.catalog, table, key)
    )


def _target(environment: Environment, table: Table, body: JsonObject) -> tuple[str, Row]:
    """Return the id of a target, empty where no row has its alternate key, and that key."""
    row_id, address = body.get(table.primary_id), body.get("@odata.id")
    if isinstance(row_id, str):
        return row_id.lower(), {}
    if not isinstance(address, str):
        raise bad_request(f"A target has neither '@odata.id' nor '{table.primary_id}'.")
    segments = parse_path(behind_version(address))
    if len(segments) != 1 or segments[0].name != table.entity_set_name:
        raise bad_request(f"'{address}' addresses no row of '{table.entity_set_name}'.")
    return addressed(environment, table, segments[0])


OPERATIONS: Mapping[str, Callable[[Exchange, Table], Response]] = {
    f"{CRM}CreateMultiple": create_multiple,
    f"{CRM}UpdateMultiple": update_multiple,
    f"{CRM}UpsertMultiple": upsert_multiple,
}


def _targets(exchange: Exchange, table: Table) -> list[JsonObject]:
    if exchange.request.method != "POST":
        raise method_not_allowed(exchange.request.method)
    sent = exchange.body().get("Targets")
    if not isinstance(sent, list) or not sent:
        raise bad_request("The parameter 'Targets' must hold one row at least.")
    targets = [target for target in sent if isinstance(target, dict)]
    wanted = f"{CRM}{table.logical_name}"
    if len(targets) != len(sent) or any(t.get("@odata.type") != wanted for t in targets):
        raise bad_request(f"Each target must be a row with '@odata.type' '{wanted}'.")
    if len(targets) > MOST_TARGETS:
        # ASSUMED: the limit; the documented one is a request's size and duration.
        raise bad_request(f"More than {MOST_TARGETS} targets in one request.")
    return targets
