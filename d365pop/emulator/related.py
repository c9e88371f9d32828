"""What is related to a row: reading it, counting it, associating and disassociating it."""

from dataclasses import replace
from http import HTTPStatus
from urllib.parse import quote

from d365pop.emulator.attributes import opposite
from d365pop.emulator.exchange import ANNOTATIONS, Exchange, counted
from d365pop.emulator.faults import (
    bad_request,
    does_not_exist,
    method_not_allowed,
    unknown_segment,
)
from d365pop.emulator.metadata import Collection, Row, Table
from d365pop.emulator.odata.options import forbid_options, parse_query, split_query
from d365pop.emulator.odata.path import Segment
from d365pop.emulator.odata.reading import Reader, next_page_address
from d365pop.emulator.pairs import associate, associated, disassociate
from d365pop.emulator.payloads import BIND, read_payload, reference_target
from d365pop.emulator.protocol import Json, JsonObject, Response
from d365pop.emulator.readers import PAGE_SIZE
from d365pop.emulator.rules.activities import check_open
from d365pop.emulator.security.guard import check_rows
from d365pop.emulator.store import Layer
from d365pop.emulator.writing import create_children, delete_row, existing_row, update_row

PARTY = "activityparty"


def is_related(table: Table, name: str) -> bool:
    """Whether the name is a navigation property of the table."""
    return name in table.collections or table.lookup_for(name) is not None


def answer(
    exchange: Exchange, reader: Reader, table: Table, row_id: str, rest: list[Segment]
) -> Response:
    """Answer a request about what is behind a navigation property of one row.

    Raises:
        Fault: in every case that is no success.
    """
    first, *further = rest
    if len(further) > 1:
        raise unknown_segment(further[1].name)
    method = exchange.request.method
    collection = table.collections.get(first.name)
    tail = further[0].name if further else ""
    replaces = method == "PUT" and not tail and collection and collection.table == PARTY
    if tail != "$ref" and method != "GET" and not replaces:
        raise method_not_allowed(method)
    row = existing_row(exchange.environment, table, row_id)
    if tail == "$ref":
        return _references(exchange, table, row, first, collection)
    if replaces:
        check_open(row)
        return _replace_parties(exchange, table, row_id, first.name)
    if collection is None:
        if tail:
            raise unknown_segment(tail)
        return _behind_lookup(exchange, reader, table, row, first.name)
    if tail not in {"", "$count"}:
        raise unknown_segment(tail)
    return _rows(exchange, reader, (table, row_id), collection, count=tail == "$count")


def _references(
    exchange: Exchange, table: Table, row: Row, called: Segment, collection: Collection | None
) -> Response:
    if called.called and exchange.request.method != "DELETE":
        raise method_not_allowed(exchange.request.method)
    if collection is None:
        return _lookup_reference(exchange, table, row, called.name)
    row_id = str(row[table.primary_id])
    if collection.intersect:
        return _pair_references(exchange, row_id, collection, called.key)
    return _collection_references(exchange, table, row_id, collection, called.key)


def _replace_parties(exchange: Exchange, table: Table, row_id: str, navigation: str) -> Response:
    """Put parties in place of those that an activity has; of no other rows, as documented."""
    environment, caller = exchange.environment, exchange.caller
    forbid_options(exchange.request.query, frozenset())
    payload = read_payload(environment, table, {navigation: exchange.body().get("value")})
    parties = environment.table(PARTY)
    lookup = table.collections[navigation].lookup
    with environment.store.transaction():
        for party in environment.store.find(parties, lookup, row_id, Layer.DRAFT):
            delete_row(environment, parties, str(party[parties.primary_id]))
        create_children(environment, caller, table, row_id, payload)
        update_row(environment, caller, table, row_id, {})
    return Response(HTTPStatus.NO_CONTENT)


def _behind_lookup(
    exchange: Exchange, reader: Reader, table: Table, row: Row, navigation: str
) -> Response:
    other, other_id = _target(exchange, table, row, navigation)
    check_rows(exchange.environment, exchange.caller, other, "GET")
    if not other_id:
        return Response(HTTPStatus.NO_CONTENT)
    found = exchange.environment.store.get(other, other_id)
    if found is None:
        raise does_not_exist(other.logical_name, other_id)
    return exchange.answer(reader.one(other, found, parse_query(exchange.request.query)))


def _rows(
    exchange: Exchange,
    reader: Reader,
    of: tuple[Table, str],
    collection: Collection,
    *,
    count: bool,
) -> Response:
    other = exchange.environment.table(collection.table)
    check_rows(exchange.environment, exchange.caller, other, "GET")
    query = parse_query(exchange.request.query)
    table, row_id = of
    own = f"_{collection.lookup}_value eq {row_id}"
    if collection.intersect:
        back = opposite(other, collection).name
        own = f"{back}/any(o:o/{table.primary_id} eq {row_id})"
    query = replace(query, filter=f"({query.filter}) and {own}" if query.filter else own)
    if count:
        selection = reader.selection(other, query)
        return counted(exchange.environment.store.count(other, selection))
    address = next_page_address(exchange.address, exchange.request.query)
    found = reader.many(other, query, address)
    return exchange.answer(found, headers=exchange.applied(ANNOTATIONS, PAGE_SIZE))


def _lookup_reference(exchange: Exchange, table: Table, row: Row, navigation: str) -> Response:
    row_id = str(row[table.primary_id])
    forbid_options(exchange.request.query, frozenset())
    match exchange.request.method:
        case "GET":
            other, other_id = _target(exchange, table, row, navigation)
            if not other_id:
                return Response(HTTPStatus.NO_CONTENT)
            context = f"{exchange.root}$metadata#$ref"
            address = f"{exchange.root}{other.entity_set_name}({other_id})"
            return exchange.answer({"@odata.context": context, "@odata.id": address})
        case "PUT":
            changes: JsonObject = {f"{navigation}{BIND}": _reference(exchange)}
        case "DELETE":
            changes = {f"{navigation}{BIND}": None}
        case method:
            raise method_not_allowed(method)
    update_row(exchange.environment, exchange.caller, table, row_id, changes)
    return Response(HTTPStatus.NO_CONTENT)


def _collection_references(
    exchange: Exchange, table: Table, row_id: str, collection: Collection, child_key: str
) -> Response:
    environment = exchange.environment
    other = environment.table(collection.table)
    navigation = next(
        name
        for name, target in other.columns[collection.lookup].navigations.items()
        if target == table.logical_name
    )
    match exchange.request.method:
        case "GET":
            found = environment.store.find(other, collection.lookup, row_id, Layer.PUBLISHED)
            value: list[Json] = [
                {"@odata.id": f"{exchange.root}{other.entity_set_name}({child[other.primary_id]})"}
                for child in found
            ]
            context = f"{exchange.root}$metadata#Collection($ref)"
            return exchange.answer({"@odata.context": context, "value": value})
        case "POST":
            child_id = _child(exchange, other, _reference(exchange))
            bound: Json = f"/{table.entity_set_name}({row_id})"
        case "DELETE":
            reference = split_query(exchange.request.query).get("$id", "")
            child_id = child_key or _child(exchange, other, reference)
            bound = None
            child = existing_row(environment, other, child_id)
            if child[collection.lookup] != row_id:
                raise does_not_exist(other.logical_name, child_id)
        case method:
            raise method_not_allowed(method)
    check_rows(environment, exchange.caller, other, "PATCH")
    update_row(environment, exchange.caller, other, child_id, {f"{navigation}{BIND}": bound})
    return Response(HTTPStatus.NO_CONTENT)


def _pair_references(
    exchange: Exchange, row_id: str, collection: Collection, other_key: str
) -> Response:
    environment = exchange.environment
    other = environment.table(collection.table)
    match exchange.request.method:
        case "GET":
            value: list[Json] = [
                {"@odata.id": f"{exchange.root}{other.entity_set_name}({other_id})"}
                for other_id in associated(environment, collection, row_id)
            ]
            context = f"{exchange.root}$metadata#Collection($ref)"
            return exchange.answer({"@odata.context": context, "value": value})
        case "POST":
            other_id = _child(exchange, other, _reference(exchange))
            check_rows(environment, exchange.caller, other, "PATCH")
            associate(environment, collection, row_id, other_id)
        case "DELETE":
            reference = split_query(exchange.request.query).get("$id", "")
            other_id = other_key or _child(exchange, other, reference)
            check_rows(environment, exchange.caller, other, "PATCH")
            # ASSUMED: ending an association that there is not is refused.
            if not disassociate(environment, collection, row_id, other_id):
                raise does_not_exist(other.logical_name, other_id)
        case method:
            raise method_not_allowed(method)
    return Response(HTTPStatus.NO_CONTENT)


def _target(exchange: Exchange, table: Table, row: Row, navigation: str) -> tuple[Table, str]:
    """Return the table behind a lookup, and the row's id, empty where there is none."""
    found = table.lookup_for(navigation)
    if found is None:
        raise unknown_segment(navigation)
    column, target = found
    fits = row[column.name] is not None and row[column.type_column] == target
    return exchange.environment.table(target), str(row[column.name]) if fits else ""


def _reference(exchange: Exchange) -> str:
    reference = exchange.body().get("@odata.id")
    if not isinstance(reference, str):
        raise bad_request("The body must hold the row's address as '@odata.id'.")
    return reference


def _child(exchange: Exchange, other: Table, reference: str) -> str:
    target, child_id = reference_target(exchange.environment, reference)
    if target.logical_name != other.logical_name:
        shown = quote(reference, safe="/()'=:")
        raise bad_request(f"'{shown}' is no reference to '{other.logical_name}'.")
    return child_id
