"""Everything under ``/api/data/``: finds out what is asked and answers it; knows no sign-in."""

import re
from http import HTTPStatus

from d365pop.emulator import batch, definitions, metadata_document, rows
from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.exchange import Exchange
from d365pop.emulator.faults import (
    method_not_allowed,
    not_implemented,
    unknown_segment,
)
from d365pop.emulator.numerals import is_whole
from d365pop.emulator.odata.options import forbid_options, resolved, split_query
from d365pop.emulator.odata.path import Segment, parse_path, unquote_literal
from d365pop.emulator.operations import ELSEWHERE, OPERATIONS
from d365pop.emulator.operations.base import Call, Operation
from d365pop.emulator.protocol import Json, JsonObject, Request, Response
from d365pop.emulator.security.guard import check_operation

PREFIX = "/api/data/"
ROOT = re.compile(r"/api/data/(v9\.[0-2])(?:/(.*))?", re.DOTALL)
LITERALS: dict[str, Json] = {"true": True, "false": False, "null": None}
NO_OPTIONS: frozenset[str] = frozenset()


def handle(environment: Environment, caller: Caller, request: Request, base: str) -> Response:
    """Answer a request to the Web API.

    Raises:
        Fault: in every case that is no success.
    """
    match = ROOT.fullmatch(request.path)
    if match is None:
        raise unknown_segment(request.path.removeprefix(PREFIX).partition("/")[0])
    exchange = Exchange(environment, caller, request, f"{base}{PREFIX}{match.group(1)}/")
    segments = parse_path(match.group(2) or "")
    if not segments:
        return _service_document(exchange)
    return _route(exchange, segments)


def _route(exchange: Exchange, segments: tuple[Segment, ...]) -> Response:
    name = segments[0].name
    if name == "$batch" and len(segments) == 1:
        return batch.answer(exchange, handle)
    if name == "$metadata" and len(segments) == 1:
        return metadata_document.answer(exchange)
    if name == "EntityDefinitions":
        return exchange.answer(definitions.read(exchange, segments))
    if name == "RelationshipDefinitions":
        return exchange.answer(definitions.read_relationships(exchange, segments))
    operation = OPERATIONS.get(name)
    if operation is not None:
        return _operation(exchange, operation, segments)
    if name in ELSEWHERE:
        raise not_implemented(f"The operation '{name}'")
    table = exchange.environment.catalog.by_set.get(name)
    if table is None:
        raise unknown_segment(name)
    return rows.route(exchange, table, segments)


def _service_document(exchange: Exchange) -> Response:
    if exchange.request.method != "GET":
        raise method_not_allowed(exchange.request.method)
    sets = [
        {"name": table.entity_set_name, "kind": "EntitySet", "url": table.entity_set_name}
        for table in exchange.environment.catalog.tables
    ]
    value: list[Json] = [dict(item) for item in sets]
    return exchange.answer({"@odata.context": f"{exchange.root}$metadata", "value": value})


def _operation(exchange: Exchange, operation: Operation, segments: tuple[Segment, ...]) -> Response:
    if len(segments) > 1:
        raise unknown_segment(segments[1].name)
    method = "GET" if operation.is_function else "POST"
    if exchange.request.method != method:
        raise method_not_allowed(exchange.request.method)
    if operation.is_function:
        parameters = _function_parameters(exchange.request, segments[0])
    else:
        forbid_options(exchange.request.query, NO_OPTIONS)
        parameters = exchange.body()
    check_operation(exchange.environment, exchange.caller, operation.name)
    call = Call(exchange.environment, exchange.caller, parameters, exchange.root)
    result = operation.call(call)
    if result is None:
        return Response(HTTPStatus.NO_CONTENT)
    kind = operation.context or f"Microsoft.Dynamics.CRM.{operation.name}Response"
    context = f"{exchange.root}$metadata#{kind}"
    return exchange.answer({"@odata.context": context, **result})


def _function_parameters(request: Request, segment: Segment) -> JsonObject:
    """Return a function's arguments, aliases (``@p1``) resolved."""
    forbid_options(request.query, NO_OPTIONS)
    aliases = split_query(request.query)
    return {name: _literal(resolved(text, aliases)) for name, text in segment.arguments.items()}


def _literal(text: str) -> Json:
    if text in LITERALS:
        return LITERALS[text]
    if is_whole(text):
        return int(text)
    return unquote_literal(text)
