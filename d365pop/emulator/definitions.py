"""``EntityDefinitions``: what tables there are, in the columns that clients ask for."""

from collections.abc import Callable, Mapping
from operator import ge, gt, le, lt
from typing import Any

from d365pop.emulator import attributes
from d365pop.emulator.exchange import Exchange
from d365pop.emulator.faults import (
    Fault,
    bad_request,
    method_not_allowed,
    unknown_property,
    unknown_segment,
)
from d365pop.emulator.metadata import CRM, Catalog, SqlValue, Table
from d365pop.emulator.odata.ast import Comparison, Expression, Literal, Logical, Not, Path
from d365pop.emulator.odata.filter import parse_filter
from d365pop.emulator.odata.options import Expand, Query, parse_query
from d365pop.emulator.odata.path import Segment, unquote_literal
from d365pop.emulator.option_sets import has_options, option_set
from d365pop.emulator.protocol import Json, JsonObject
from d365pop.emulator.table_definitions import table_definition

TYPE_NAME = "EntityMetadata"
ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {"gt": gt, "ge": ge, "lt": lt, "le": le}


def read(exchange: Exchange, segments: tuple[Segment, ...]) -> Json:
    """Return table definitions.

    Raises:
        Fault: the query names what does not exist, or the emulator does not serve it.
    """
    if exchange.request.method != "GET":
        raise method_not_allowed(exchange.request.method)
    query = parse_query(exchange.request.query)
    if query.orderby or query.top is not None:
        # ASSUMED: documented are $select, $filter and $expand, and that there is no paging.
        raise bad_request("Only $select, $filter and $expand are supported on EntityDefinitions.")
    context = f"{exchange.root}$metadata#EntityDefinitions"
    if query.select:
        context += f"({','.join(query.select)})"
    catalog = exchange.environment.catalog
    if segments[0].called:
        table = _addressed(catalog.tables, segments[0])
        if len(segments) > 1:
            return _part(exchange, table, segments[1:], query)
        return {"@odata.context": f"{context}/$entity", **_render(catalog, table, query)}
    if len(segments) > 1:
        raise unknown_segment(segments[1].name)
    chosen = [table for table in catalog.tables if _matches(table_definition(table), query)]
    rows: list[Json] = [_render(catalog, table, query) for table in chosen]
    return _listed(context, rows, query)


def read_relationships(exchange: Exchange, segments: tuple[Segment, ...]) -> Json:
    """Return the relationships of all tables, as one type or any, or one of them.

    Raises:
        Fault: there is none of the name, or the query names what does not exist.
    """
    if exchange.request.method != "GET":
        raise method_not_allowed(exchange.request.method)
    query, first = parse_query(exchange.request.query), segments[0]
    casts = segments[1:]
    if len(casts) > 1 or any(item.called or not item.name.startswith(CRM) for item in casts):
        raise unknown_segment(segments[-1].name)
    catalog = exchange.environment.catalog
    every = (
        {"@odata.type": f"#{CRM}{part['RelationshipType']}Metadata", **part}
        for part in (
            *attributes.relationships(catalog),
            *attributes.many_to_many_relationships(catalog),
        )
    )
    cast = casts[0].name if casts else ""
    found = [part for part in every if cast in {"", str(part["@odata.type"]).lstrip("#")}]
    context = f"{exchange.root}$metadata#RelationshipDefinitions"
    if not first.called:
        chosen: list[Json] = [_chosen(part, query) for part in found if _matches(part, query)]
        return _listed(context, chosen, query)
    name = unquote_literal(first.arguments.get("SchemaName", ""))
    for part in found:
        if first.key == part["MetadataId"] or (name and part["SchemaName"] == name):
            return {"@odata.context": f"{context}/$entity", **_chosen(part, query)}
    raise _missing(name or first.key, "RelationshipDefinitions")


def _part(exchange: Exchange, table: Table, rest: tuple[Segment, ...], query: Query) -> Json:
    """Return columns, keys or relationships of a table, all or one, as one type or any."""
    first, *further = rest
    found = _parts(exchange.environment.catalog, table, first.name)
    cast = further[0].name.removeprefix(CRM) if further else ""
    options = further.pop().name if first.called and len(further) > 1 else ""
    if len(further) > 1 or (further and not further[0].name.startswith(CRM)):
        raise unknown_segment(further[-1].name)
    if cast:
        found = [part for part in found if part.get("@odata.type") == f"#{CRM}{cast}"]
    context = f"{exchange.root}$metadata#EntityDefinitions('{table.logical_name}')/{first.name}"
    context += f"/{further[0].name}" if further else ""
    if first.called:
        name = unquote_literal(first.arguments.get("LogicalName", ""))
        for part in found:
            if first.key == part["MetadataId"] or (name and part.get("LogicalName") == name):
                if options:
                    value = _option_set(table, part, Expand(options, query))
                    shown = value if isinstance(value, dict) else {}
                    return {"@odata.context": f"{context}/{options}/$entity", **shown}
                return {"@odata.context": f"{context}/$entity", **_shown(table, part, query)}
        raise _missing(name or first.key, first.name)
    chosen: list[Json] = [_shown(table, part, query) for part in found if _matches(part, query)]
    return _listed(context, chosen, query)


def _listed(context: str, rows: list[Json], query: Query) -> JsonObject:
    counted: JsonObject = {"@odata.count": len(rows)} if query.count else {}
    return {"@odata.context": context, **counted, "value": rows}


def _parts(catalog: Catalog, table: Table, name: str) -> list[JsonObject]:
    match name:
        case "Attributes":
            return attributes.attributes(table)
        case "Keys":
            return attributes.keys(table)
        case "OneToManyRelationships" | "ManyToOneRelationships":
            end = "ReferencedEntity" if name.startswith("One") else "ReferencingEntity"
            every = attributes.relationships(catalog)
            return [part for part in every if part[end] == table.logical_name]
        case "ManyToManyRelationships":
            ends = ("Entity1LogicalName", "Entity2LogicalName")
            pairs = attributes.many_to_many_relationships(catalog)
            return [part for part in pairs if table.logical_name in {part[end] for end in ends}]
        case _:
            raise unknown_segment(name)


def _shown(table: Table, part: JsonObject, query: Query) -> JsonObject:
    answer = _chosen(part, query)
    for expand in query.expand:
        answer[expand.navigation] = _option_set(table, part, expand)
    return answer


def _chosen(part: JsonObject, query: Query) -> JsonObject:
    names = (*query.select, "MetadataId") if query.select else tuple(part)
    for name in query.select:
        if name not in part:
            raise unknown_property(
                name, str(part.get("@odata.type", TYPE_NAME)).removeprefix(f"#{CRM}")
            )
    kept = ("@odata.type", *names) if "@odata.type" in part else names
    return {name: part[name] for name in dict.fromkeys(kept)}


def _option_set(table: Table, part: JsonObject, expand: Expand) -> Json:
    column = str(part.get("LogicalName", ""))
    if expand.navigation not in {"OptionSet", "GlobalOptionSet"} or not has_options(table, column):
        raise unknown_property(
            expand.navigation, str(part.get("@odata.type", "")).removeprefix(f"#{CRM}")
        )
    if expand.navigation == "GlobalOptionSet":
        return None
    whole = option_set(table, column)
    names = (*expand.query.select, "MetadataId") if expand.query.select else tuple(whole)
    for name in names:
        if name not in whole:
            raise unknown_property(name, "OptionSetMetadata")
    return {name: whole[name] for name in dict.fromkeys(names)}


def _missing(name: str, kind: str) -> Fault:
    return Fault(404, "0x80040217", f"Could not find '{name}' among the {kind} of the table.")


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


def _render(catalog: Catalog, table: Table, query: Query) -> JsonObject:
    known = table_definition(table)
    for name in query.select:
        if name not in known:
            raise unknown_property(name, TYPE_NAME)
    chosen = (*query.select, "MetadataId") if query.select else tuple(known)
    answer: JsonObject = {name: known[name] for name in dict.fromkeys(chosen)}
    for expand in query.expand:
        parts = _parts(catalog, table, expand.navigation)
        answer[expand.navigation] = [
            _shown(table, part, expand.query) for part in parts if _matches(part, expand.query)
        ]
    return answer


def _matches(known: JsonObject, query: Query) -> bool:
    return not query.filter or _holds(known, parse_filter(query.filter))


def _holds(known: JsonObject, expression: Expression) -> bool:
    match expression:
        case Logical("and", left, right):
            return _holds(known, left) and _holds(known, right)
        case Logical(_, left, right):
            return _holds(known, left) or _holds(known, right)
        case Not(inner):
            return not _holds(known, inner)
        case Comparison("eq" | "ne" as operator, Path(segments), Literal(value, _)):
            return (_value(known, segments) == value) is (operator == "eq")
        case Comparison(operator, Path(segments), Literal(limit, _)):
            return _compares(operator, _value(known, segments), limit)
        case _:
            # Dataverse takes no functions here, and no properties by themselves.
            raise bad_request("Only comparisons, and, or and not are supported in this $filter.")


def _compares(operator: str, value: Json, limit: SqlValue) -> bool:
    if isinstance(value, str) and isinstance(limit, str):
        return ORDERS[operator](value, limit)
    numbers = isinstance(value, int | float) and isinstance(limit, int | float)
    return numbers and ORDERS[operator](value, limit)


def _value(known: JsonObject, path: tuple[str, ...]) -> Json:
    """Return a property, or what a managed one holds (``RequiredLevel/Value``)."""
    value: Json = known
    for name in path:
        if not isinstance(value, dict) or name not in value:
            raise unknown_property(name, TYPE_NAME)
        value = value[name]
    return value
