"""``EntityDefinitions``: what tables there are, in the columns that clients ask for."""

from d365pop.emulator import attributes
from d365pop.emulator.choices import choices_of
from d365pop.emulator.exchange import Exchange
from d365pop.emulator.faults import (
    Fault,
    bad_request,
    method_not_allowed,
    unknown_property,
    unknown_segment,
)
from d365pop.emulator.metadata import CRM, Catalog, Table
from d365pop.emulator.odata.ast import Comparison, Expression, Literal, Logical, Path
from d365pop.emulator.odata.filter import parse_filter
from d365pop.emulator.odata.options import Expand, Query, parse_query
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
    chosen = [table for table in catalog.tables if _matches(_all(table), query)]
    rows: list[Json] = [_render(catalog, table, query) for table in chosen]
    return {"@odata.context": context, "value": rows}


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
        return {"@odata.context": context, "value": chosen}
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
    return {"@odata.context": context, "value": chosen}


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
            raise unknown_property(name, str(part.get("@odata.type", TYPE_NAME)).lstrip("#"))
    kept = ("@odata.type", *names) if "@odata.type" in part else names
    return {name: part[name] for name in dict.fromkeys(kept)}


def _option_set(table: Table, part: JsonObject, expand: Expand) -> Json:
    column = str(part.get("LogicalName", ""))
    if expand.navigation not in {"OptionSet", "GlobalOptionSet"} or not choices_of(table, column):
        raise unknown_property(expand.navigation, str(part.get("@odata.type", "")).lstrip("#"))
    if expand.navigation == "GlobalOptionSet":
        return None
    whole = attributes.option_set(table, column)
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


def _all(table: Table) -> JsonObject:
    name = table.label or table.logical_name.capitalize()
    return {
        "MetadataId": table.metadata_id,
        "LogicalName": table.logical_name,
        "SchemaName": table.schema_name or table.logical_name.capitalize(),
        "EntitySetName": table.entity_set_name,
        "LogicalCollectionName": table.entity_set_name,
        "PrimaryIdAttribute": table.primary_id,
        "PrimaryNameAttribute": table.primary_name,
        "PrimaryImageAttribute": "entityimage" if "entityimage" in table.columns else None,
        "DisplayName": attributes.label(name),
        # ASSUMED: an “s” behind the name; what a package calls its rows together is not kept.
        "DisplayCollectionName": attributes.label(f"{name}s"),
        "OwnershipType": "UserOwned" if "ownerid" in table.columns else "OrganizationOwned",
        "CanCreateAttributes": {
            "Value": not table.is_intersect,
            "CanBeChanged": False,
            "ManagedPropertyLogicalName": "cancreateattributes",
        },
        "ObjectTypeCode": table.object_type_code,
        "IsCustomEntity": table.is_custom,
        "IsManaged": table.is_managed,
        "IsIntersect": table.is_intersect,
        "IsActivity": "activitytypecode" in table.columns,
    }


def _render(catalog: Catalog, table: Table, query: Query) -> JsonObject:
    known = _all(table)
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
        case Comparison("eq" | "ne" as operator, Path(segments), Literal(value, _)):
            return (_value(known, segments) == value) is (operator == "eq")
        case _:
            raise bad_request("Only eq, ne, and, or are supported in this $filter.")


def _value(known: JsonObject, path: tuple[str, ...]) -> Json:
    """Return a property, or what a managed one holds (``RequiredLevel/Value``)."""
    value: Json = known
    for name in path:
        if not isinstance(value, dict) or name not in value:
            raise unknown_property(name, TYPE_NAME)
        value = value[name]
    return value
