"""``$metadata``: the tables as a CSDL document, made from the catalog."""

from http import HTTPStatus
from xml.etree.ElementTree import Element, SubElement, tostring

from d365pop.emulator.attributes import opposite
from d365pop.emulator.exchange import Exchange
from d365pop.emulator.faults import BAD_REQUEST, Fault, method_not_allowed
from d365pop.emulator.metadata import CRM, Catalog, Collection, Column, Kind, Table
from d365pop.emulator.metadata_operations import (
    declare_imports,
    declare_operations,
    declare_types,
)
from d365pop.emulator.protocol import Response

EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
EDM = "http://docs.oasis-open.org/odata/ns/edm"


def answer(exchange: Exchange) -> Response:
    """Answer a request for ``$metadata``.

    Raises:
        Fault: JSON is asked for; the platform has XML only.
    """
    if exchange.request.method != "GET":
        raise method_not_allowed(exchange.request.method)
    accept = exchange.request.header("accept")
    if "json" in accept and "xml" not in accept and "*/*" not in accept:
        raise Fault(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            BAD_REQUEST,
            "A supported MIME type could not be found that matches the acceptable MIME types for "
            f"the request. The supported type(s) 'application/xml' do not match '{accept}'.",
        )
    body = document(exchange.environment.catalog)
    return Response(HTTPStatus.OK, (("Content-Type", "application/xml"),), body)


def document(catalog: Catalog) -> bytes:
    """Return the CSDL of every table served."""
    edmx = Element("edmx:Edmx", {"xmlns:edmx": EDMX, "Version": "4.0"})
    services = SubElement(edmx, "edmx:DataServices")
    schema = SubElement(
        services, "Schema", {"xmlns": EDM, "Namespace": CRM.rstrip("."), "Alias": "mscrm"}
    )
    SubElement(schema, "EntityType", {"Name": "crmbaseentity", "Abstract": "true"})
    declare_types(schema)
    for table in catalog.tables:
        _entity_type(schema, catalog, table)
    declare_operations(schema, catalog)
    container = SubElement(schema, "EntityContainer", {"Name": "System"})
    for table in catalog.tables:
        _entity_set(container, catalog, table)
    declare_imports(container)
    text: bytes = tostring(edmx, encoding="utf-8", xml_declaration=True)
    return text


def _entity_type(schema: Element, catalog: Catalog, table: Table) -> None:
    attributes = {"Name": table.logical_name, "BaseType": "mscrm.crmbaseentity"}
    entity = SubElement(schema, "EntityType", attributes)
    SubElement(SubElement(entity, "Key"), "PropertyRef", {"Name": table.primary_id})
    shown = [column for column in table.columns.values() if not column.hidden]
    for column in shown:
        _property(entity, column)
    for column, navigation, target in _lookups(catalog, table):
        _single(entity, column, navigation, target)
    for collection in table.collections.values():
        attributes = {"Name": collection.name, "Type": f"Collection(mscrm.{collection.table})"}
        partner = _partner(catalog, table, collection)
        SubElement(entity, "NavigationProperty", {**attributes, **partner})


def _lookups(catalog: Catalog, table: Table) -> list[tuple[Column, str, Table]]:
    """Return each lookup with its navigation properties and the tables that they lead to."""
    return [
        (column, navigation, catalog.by_name[target])
        for column in table.columns.values()
        if not column.hidden
        for navigation, target in column.navigations.items()
        if target in catalog.by_name
    ]


def _single(entity: Element, column: Column, navigation: str, target: Table) -> None:
    """Put in a navigation property to one row.

    https://learn.microsoft.com/power-apps/developer/data-platform/webapi/web-api-navigation-properties
    """
    back = (
        {"Partner": item.name}
        for item in target.collections.values()
        if (item.table, item.lookup) == (entity.get("Name"), column.name)
    )
    attributes = {"Name": navigation, "Type": f"mscrm.{target.logical_name}", "Nullable": "false"}
    single = SubElement(entity, "NavigationProperty", {**attributes, **next(back, {})})
    constraint = {"Property": column.property_name, "ReferencedProperty": target.primary_id}
    SubElement(single, "ReferentialConstraint", constraint)


def _partner(catalog: Catalog, table: Table, collection: Collection) -> dict[str, str]:
    other = catalog.by_name[collection.table]
    if collection.intersect:
        return {"Partner": opposite(other, collection).name}
    navigations = other.columns[collection.lookup].navigations
    back = (name for name, target in navigations.items() if target == table.logical_name)
    return {"Partner": next(back)}


def _entity_set(container: Element, catalog: Catalog, table: Table) -> None:
    name = table.entity_set_name
    attributes = {"Name": name, "EntityType": f"{CRM}{table.logical_name}"}
    entity_set = SubElement(container, "EntitySet", attributes)
    targets = {navigation: target for _, navigation, target in _lookups(catalog, table)}
    targets |= {item.name: catalog.by_name[item.table] for item in table.collections.values()}
    for navigation, target in targets.items():
        binding = {"Path": navigation, "Target": target.entity_set_name}
        SubElement(entity_set, "NavigationPropertyBinding", binding)


def _property(entity: Element, column: Column) -> None:
    match column.kind:
        case Kind.LOOKUP:
            kind = Kind.ID.value
        case Kind.MANAGED:
            kind = "mscrm.BooleanManagedProperty"
        case other:
            kind = other.value
    attributes = {"Name": column.property_name, "Type": kind}
    if column.kind is Kind.TEXT:
        attributes["Unicode"] = "false"
    SubElement(entity, "Property", attributes)
