"""Reads and writes of tables over the Web API: lists, rows, properties, drafts."""

import json
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus

from d365pop.emulator import bound, multiple, related
from d365pop.emulator.alternate_keys import addressed, key_as_body, no_such_key
from d365pop.emulator.exchange import ANNOTATIONS, Exchange, counted
from d365pop.emulator.faults import (
    DUPLICATE,
    NOT_IMPLEMENTED,
    VERSION_MISMATCH,
    Fault,
    bad_request,
    does_not_exist,
    method_not_allowed,
    not_implemented,
    unknown_segment,
)
from d365pop.emulator.fetchxml import answering as fetchxml
from d365pop.emulator.fetchxml import apply
from d365pop.emulator.metadata import CRM, Row, Table
from d365pop.emulator.odata.options import forbid_options, parse_query, split_query
from d365pop.emulator.odata.path import Segment
from d365pop.emulator.odata.reading import etag, next_page_address
from d365pop.emulator.odata.values import to_json
from d365pop.emulator.protocol import Response, text_response
from d365pop.emulator.readers import PAGE_SIZE, check_expanded, reader_for
from d365pop.emulator.security.guard import check_rows
from d365pop.emulator.store import Layer
from d365pop.emulator.tsql import answering as tsql
from d365pop.emulator.virtual_tables import refresh, refresh_for_one
from d365pop.emulator.writing import create_row, delete_row, existing_row, update_row

NO_OPTIONS: frozenset[str] = frozenset()
SHAPE = frozenset({"$select", "$expand"})
"""What a row that is written may come back with."""
ALONE = {
    fetchxml.OPTION: fetchxml.answer,
    **dict.fromkeys(fetchxml.SAVED, fetchxml.answer_saved),
    apply.OPTION: apply.answer,
    tsql.OPTION: tsql.answer,
}
"""What answers a query option that is a query of its own."""


def route(exchange: Exchange, table: Table, segments: tuple[Segment, ...]) -> Response:
    """Answer a request whose path starts with an entity set.

    Raises:
        Fault: in every case that is no success.
    """
    first, *rest = segments
    changes_row = bool(rest) and exchange.request.method in {"PUT", "DELETE", "POST"}
    method = "PATCH" if changes_row else exchange.request.method
    if rest and rest[0].name == f"{CRM}CreateMultiple":
        method = "POST"
    check_rows(exchange.environment, exchange.caller, table, method)
    if not first.called:
        if not rest:
            return _collection(exchange, table)
        return _of_collection(exchange, table, rest)
    aliases = split_query(exchange.request.query)
    row_id, key = addressed(exchange.environment, table, first, aliases)
    if not row_id and (rest or exchange.request.method != "PATCH"):
        raise no_such_key(table)
    if not row_id:
        return _create_with_key(exchange, table, key)
    if not rest:
        return _row(exchange, table, row_id)
    return _of_row(exchange, table, row_id, rest)


def _collection(exchange: Exchange, table: Table) -> Response:
    match exchange.request.method:
        case "GET":
            return _list(exchange, table, Layer.PUBLISHED)
        case "POST":
            return _create(exchange, table, "")
        case method:
            raise method_not_allowed(method)


def _list(exchange: Exchange, table: Table, layer: Layer) -> Response:
    request = exchange.request
    alone = ALONE.keys() & split_query(request.query).keys()
    if layer is Layer.PUBLISHED and alone:
        return ALONE[alone.pop()](exchange, table)
    query = parse_query(request.query)
    check_expanded(exchange, table, query.expand)
    address = next_page_address(exchange.address, request.query)
    with _steady(exchange, table):
        refresh(exchange.environment, table, query.filter)
        found = reader_for(exchange, layer).many(table, query, address)
        return exchange.answer(found, headers=exchange.applied(ANNOTATIONS, PAGE_SIZE))


def _steady(exchange: Exchange, table: Table) -> AbstractContextManager[None]:
    """Let the rows of a virtual table stay until they are read: others make it anew."""
    return exchange.environment.store.transaction() if table.virtual else nullcontext()


def _of_collection(exchange: Exchange, table: Table, rest: list[Segment]) -> Response:
    name = rest[0].name
    if len(rest) > 1:
        raise unknown_segment(rest[1].name)
    if name == "$count":
        _require(exchange, "GET")
        forbid_options(exchange.request.query, frozenset({"$filter"}))
        query = parse_query(exchange.request.query)
        selection = reader_for(exchange).selection(table, query)
        with _steady(exchange, table):
            refresh(exchange.environment, table, query.filter)
            count = exchange.environment.store.count(table, selection)
        return counted(count)
    if name in multiple.OPERATIONS:
        return multiple.OPERATIONS[name](exchange, table)
    if name == f"{CRM}RetrieveUnpublishedMultiple":
        _require(exchange, "GET")
        _require_publishable(table, "RetrieveUnpublishedMultiple")
        return _list(exchange, table, Layer.DRAFT)
    if name.startswith(CRM):
        raise not_implemented(f"The operation '{name}' on '{table.entity_set_name}'")
    raise unknown_segment(name)


def _row(exchange: Exchange, table: Table, row_id: str) -> Response:
    match exchange.request.method:
        case "GET":
            return _retrieve(exchange, table, row_id, Layer.PUBLISHED)
        case "PATCH":
            return _change(exchange, table, row_id)
        case "DELETE":
            forbid_options(exchange.request.query, NO_OPTIONS)
            with exchange.environment.store.transaction():
                _check_match(exchange, table, row_id)
                delete_row(exchange.environment, table, row_id)
            return Response(HTTPStatus.NO_CONTENT)
        case method:
            raise method_not_allowed(method)


def _retrieve(exchange: Exchange, table: Table, row_id: str, layer: Layer) -> Response:
    query = parse_query(exchange.request.query)
    if query.filter or query.orderby or query.top is not None or query.count:
        raise bad_request(
            "Query options $filter, $orderby, $count, $skip, and $top can be applied only on "
            "collections."
        )
    check_expanded(exchange, table, query.expand)
    with _steady(exchange, table):
        refresh_for_one(exchange.environment, table)
        row = exchange.environment.store.get(table, row_id, layer)
    if row is None:
        raise does_not_exist(table.logical_name, row_id)
    # What comes from other rows may have changed although the row has not.
    alone = not query.expand and ANNOTATIONS not in exchange.preferences()
    if alone and exchange.request.header("if-none-match") == etag(row):
        return Response(HTTPStatus.NOT_MODIFIED)
    found = reader_for(exchange, layer).one(table, row, query)
    version = (("ETag", etag(row)),) if table.versioned else ()
    return exchange.answer(found, headers=(*version, *exchange.applied(ANNOTATIONS)))


def _create(exchange: Exchange, table: Table, row_id: str) -> Response:
    _check_shape(exchange, table)
    body = exchange.body()
    if row_id:
        body[table.primary_id] = row_id
    with exchange.environment.store.transaction():
        row_id = create_row(exchange.environment, exchange.caller, table, body)
        return _written(exchange, table, row_id, HTTPStatus.CREATED)


def _change(exchange: Exchange, table: Table, row_id: str) -> Response:
    """Update, or create where nothing forbids an upsert."""
    _check_shape(exchange, table)
    with exchange.environment.store.transaction():
        exists = exchange.environment.store.get(table, row_id, Layer.DRAFT) is not None
        if exists and exchange.request.header("if-none-match") == "*":
            raise Fault(
                HTTPStatus.PRECONDITION_FAILED,
                DUPLICATE,
                "A record with matching key values already exists.",
            )
        _check_match(exchange, table, row_id)
        if not exists:
            check_rows(exchange.environment, exchange.caller, table, "POST")
            return _create(exchange, table, row_id)
        update_row(exchange.environment, exchange.caller, table, row_id, exchange.body())
        return _written(exchange, table, row_id, HTTPStatus.OK)


def _check_shape(exchange: Exchange, table: Table) -> None:
    forbid_options(exchange.request.query, SHAPE)
    check_expanded(exchange, table, parse_query(exchange.request.query).expand)


def _check_match(exchange: Exchange, table: Table, row_id: str) -> None:
    condition = exchange.request.header("if-match")
    if not condition:
        return
    row = exchange.environment.store.get(table, row_id, Layer.DRAFT)
    if row is None:
        raise does_not_exist(table.logical_name, row_id)
    if condition not in {"*", etag(row)}:
        raise Fault(
            HTTPStatus.PRECONDITION_FAILED,
            VERSION_MISMATCH,
            "The version of the existing record doesn't match the RowVersion property provided.",
        )


def _create_with_key(exchange: Exchange, table: Table, key: Row) -> Response:
    """Create what an upsert by alternate key did not find, unless ``If-Match`` forbids it."""
    if exchange.request.header("if-match"):
        raise does_not_exist(table.logical_name, ",".join(map(str, key.values())))
    check_rows(exchange.environment, exchange.caller, table, "POST")
    _check_shape(exchange, table)
    body = exchange.body() | key_as_body(exchange.environment.catalog, table, key)
    with exchange.environment.store.transaction():
        row_id = create_row(exchange.environment, exchange.caller, table, body)
        return _written(exchange, table, row_id, HTTPStatus.CREATED)


def _written(exchange: Exchange, table: Table, row_id: str, status: HTTPStatus) -> Response:
    if exchange.preferences().get("return") != "representation":
        address = f"{exchange.root}{table.entity_set_name}({row_id})"
        return Response(HTTPStatus.NO_CONTENT, (("OData-EntityId", address),))
    # Documented so: a row that comes back comes without its address.
    query = parse_query(exchange.request.query)
    row = existing_row(exchange.environment, table, row_id)
    found = reader_for(exchange).one(table, row, query)
    return exchange.answer(found, status, exchange.applied("return", ANNOTATIONS))


def _of_row(exchange: Exchange, table: Table, row_id: str, rest: list[Segment]) -> Response:
    name = rest[0].name
    answer = bound.answer(exchange, table.logical_name, row_id, rest)
    if answer is not None:
        return answer
    if related.is_related(table, name):
        return related.answer(exchange, reader_for(exchange), table, row_id, rest)
    if [part.name for part in rest[1:]] == ["$value"] and table.column_for(name):
        _require(exchange, "GET")
        return _raw_value(_property(exchange, table, row_id, name))
    if len(rest) > 1:
        raise not_implemented(f"The path '{'/'.join(part.name for part in rest)}' of a row")
    if name == f"{CRM}RetrieveUnpublished":
        _require(exchange, "GET")
        _require_publishable(table, "RetrieveUnpublished")
        return _retrieve(exchange, table, row_id, Layer.DRAFT)
    if name.startswith(CRM):
        raise not_implemented(f"The operation '{name}' on '{table.entity_set_name}'")
    return _property(exchange, table, row_id, name)


def _property(exchange: Exchange, table: Table, row_id: str, name: str) -> Response:
    column = table.column_for(name)
    if column is None:
        raise unknown_segment(name)
    forbid_options(exchange.request.query, NO_OPTIONS)
    match exchange.request.method:
        case "GET":
            row: Row | None = exchange.environment.store.get(table, row_id)
            if row is None:
                raise does_not_exist(table.logical_name, row_id)
            context = f"{exchange.root}$metadata#{table.entity_set_name}({row_id})/{name}"
            value = to_json(column, row[column.name])
            if value is None:
                return Response(HTTPStatus.NO_CONTENT)
            return exchange.answer({"@odata.context": context, "value": value})
        case "PUT":
            body = exchange.body()
            if "value" not in body:
                raise bad_request("The body must hold the property's new value as 'value'.")
            changes = {name: body["value"]}
        case "DELETE":
            changes = {name: None}
        case method:
            raise method_not_allowed(method)
    update_row(exchange.environment, exchange.caller, table, row_id, changes)
    return Response(HTTPStatus.NO_CONTENT)


def _raw_value(found: Response) -> Response:
    """Return a property's answer as the bare text of its value."""
    answer = found.json() if found.body else None
    if not isinstance(answer, dict):
        return found
    value = answer["value"]
    return text_response(HTTPStatus.OK, value if isinstance(value, str) else json.dumps(value))


def _require(exchange: Exchange, method: str) -> None:
    if exchange.request.method != method:
        raise method_not_allowed(exchange.request.method)


def _require_publishable(table: Table, operation: str) -> None:
    if not table.publishable:
        raise bad_request(
            f"The '{operation}' method does not support entities of type '{table.logical_name}'",
            NOT_IMPLEMENTED,
        )
