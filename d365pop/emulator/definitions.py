"""``EntityDefinitions``: what tables there are, in the columns that clients ask for."""

from d365pop.emulator.exchange import Exchange
from d365pop.emulator.faults import (
    Fault,
    bad_request,
    method_not_allowed,
    not_implemented,
    unknown_property,
)
from d365pop.emulator.metadata import Table
from d365pop.emulator.odata.ast import Comparison, Expression, Literal, Logical, Path
from d365pop.emulator.odata.filter import parse_filter
from d365pop.emulator.odata.options import Query, parse_query
from d365pop.emulator.odata.path import Segment, unquote_literal
from d365pop.emulator.protocol import Json, JsonObject

TYPE_NAME = "EntityMetadata"


def read(exchange: Exchange, segments: tuple[Segment, ...]) -> Json:
    """Return table definitions.

    Raises:
        Fault: the query names what does not exist, or the emulator does not serve it.
    """
    if exchange.request.method != "GET":
        raise method_not_allowed(exchange.request.method)
    if len(segments) > 1:
        raise not_implemented(f"The path '{segments[1].name}' of a table definition")
    query = parse_query(exchange.request.query)
    if query.orderby or query.top is not None:
        raise bad_request("Only $select, $filter and $expand are supported on EntityDefinitions.")
    context = f"{exchange.root}$metadata#EntityDefinitions"
    if query.select:
        context += f"({','.join(query.select)})"
    tables = exchange.environment.catalog.tables
    if segments[0].called:
        table = _addressed(tables, segments[0])
        return {"@odata.context": f"{context}/$entity", **_render(table, query)}
    chosen = [table for table in tables if _matches(table, query)]
    return {"@odata.context": context, "value": [_render(table, query) for table in chosen]}


def _addressed(tables: tuple[Table, ...], segment: Segment) -> Table:
    name = unquote_literal(segment.arguments.get("LogicalName", ""))
    for table in tables:
        if table.logical_name == name or (segment.key and table.metadata_id == segment.key):
            return table
    raise Fault(
        404,
        "0x80060888",
        f"The entity with a name = '{name or segment.key}' was not found in the MetadataCache.",
    )


def _all(table: Table) -> JsonObject:
    return {
        "MetadataId": table.metadata_id,
        "LogicalName": table.logical_name,
        "SchemaName": table.logical_name.capitalize(),
        "EntitySetName": table.entity_set_name,
        "LogicalCollectionName": table.entity_set_name,
        "PrimaryIdAttribute": table.primary_id,
        "PrimaryNameAttribute": table.primary_name,
        "ObjectTypeCode": table.object_type_code,
        "IsCustomEntity": False,
        "IsManaged": True,
        "IsActivity": "activitytypecode" in table.columns,
    }


def _render(table: Table, query: Query) -> JsonObject:
    known = _all(table)
    for name in query.select:
        if name not in known:
            raise unknown_property(name, TYPE_NAME)
    chosen = (*query.select, "MetadataId") if query.select else tuple(known)
    answer: JsonObject = {name: known[name] for name in dict.fromkeys(chosen)}
    for expand in query.expand:
        if expand.navigation != "Attributes" or expand.query.select != ("LogicalName",):
            raise not_implemented(
                f"$expand={expand.navigation} of a table definition, but for "
                "Attributes($select=LogicalName),"
            )
        answer["Attributes"] = [{"LogicalName": name} for name in sorted(table.columns)]
    return answer


def _matches(table: Table, query: Query) -> bool:
    return not query.filter or _holds(_all(table), parse_filter(query.filter))


def _holds(known: JsonObject, expression: Expression) -> bool:
    match expression:
        case Logical("and", left, right):
            return _holds(known, left) and _holds(known, right)
        case Logical(_, left, right):
            return _holds(known, left) or _holds(known, right)
        case Comparison("eq" | "ne" as operator, Path((name,)), Literal(value, _)):
            if name not in known:
                raise unknown_property(name, TYPE_NAME)
            return (known[name] == value) is (operator == "eq")
        case _:
            raise bad_request("Only eq, ne, and, or are supported in this $filter.")
