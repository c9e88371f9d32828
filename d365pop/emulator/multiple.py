"""``CreateMultiple`` and ``UpdateMultiple``: many rows of one table, all or none."""

from collections.abc import Callable, Mapping
from http import HTTPStatus

from d365pop.emulator.exchange import Exchange
from d365pop.emulator.faults import bad_request, method_not_allowed
from d365pop.emulator.metadata import Table
from d365pop.emulator.protocol import JsonObject, Response
from d365pop.emulator.writing import create_row, update_row

CRM = "Microsoft.Dynamics.CRM."
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


OPERATIONS: Mapping[str, Callable[[Exchange, Table], Response]] = {
    f"{CRM}CreateMultiple": create_multiple,
    f"{CRM}UpdateMultiple": update_multiple,
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
