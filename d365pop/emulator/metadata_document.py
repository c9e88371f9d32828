"""``$metadata``: the tables as a CSDL document, made from the catalog."""

from http import HTTPStatus
from xml.etree.ElementTree import Element, SubElement, tostring

from d365pop.emulator.exchange import Exchange
from d365pop.emulator.faults import BAD_REQUEST, Fault, method_not_allowed
from d365pop.emulator.metadata import Catalog, Column, Kind, Table
from d365pop.emulator.protocol import Response

EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
EDM = "http://docs.oasis-open.org/odata/ns/edm"
NAMESPACE = "Microsoft.Dynamics.CRM"


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
        services, "Schema", {"xmlns": EDM, "Namespace": NAMESPACE, "Alias": "mscrm"}
    )
    SubElement(schema, "EntityType", {"Name": "crmbaseentity", "Abstract": "true"})
    managed = SubElement(schema, "ComplexType", {"Name": "BooleanManagedProperty"})
    for name, kind in (
        ("Value", "Edm.Boolean"),
        ("CanBeChanged", "Edm.Boolean"),
        ("ManagedPropertyLogicalName", "Edm.String"),
    ):
        SubElement(managed, "Property", {"Name": name, "Type": kind})
    for table in catalog.tables:
        _entity_type(schema, catalog, table)
    container = SubElement(schema, "EntityContainer", {"Name": "System"})
    for table in catalog.tables:
        kind = f"{NAMESPACE}.{table.logical_name}"
        SubElement(container, "EntitySet", {"Name": table.entity_set_name, "EntityType": kind})
    text: bytes = tostring(edmx, encoding="utf-8", xml_declaration=True)
    return text


def _entity_type(schema: Element, catalog: Catalog, table: Table) -> None:
    attributes = {"Name": table.logical_name, "BaseType": "mscrm.crmbaseentity"}
    entity = SubElement(schema, "EntityType", attributes)
    SubElement(SubElement(entity, "Key"), "PropertyRef", {"Name": table.primary_id})
    shown = [column for column in table.columns.values() if not column.hidden]
    for column in shown:
        _property(entity, column)
    for column in shown:
        for navigation, target in column.navigations.items():
            if target in catalog.by_name:
                kind = f"mscrm.{target}"
                SubElement(entity, "NavigationProperty", {"Name": navigation, "Type": kind})
    for collection in table.collections.values():
        kind = f"Collection(mscrm.{collection.table})"
        SubElement(entity, "NavigationProperty", {"Name": collection.name, "Type": kind})


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
