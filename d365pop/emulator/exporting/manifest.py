"""``solution.xml`` and ``[Content_Types].xml`` of an exported package."""

from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

from d365pop.emulator.component_types import APP, FORM, TABLE, VARIABLE, VIEW, WEB_RESOURCE
from d365pop.emulator.environment import VERSION
from d365pop.emulator.exporting.source import ExportSource
from d365pop.emulator.metadata import Row
from d365pop.emulator.solutions import named_component_id
from d365pop.emulator.store import Layer

TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
PUBLISHED = {
    WEB_RESOURCE: "webresource",
    FORM: "systemform",
    VIEW: "savedquery",
    APP: "appmodule",
}
"""The tables whose rows a package holds as they are published, by component type."""
STREAM = "application/octet-stream"


def solution_xml(source: ExportSource, *, managed: bool) -> bytes:
    """Return the manifest."""
    solution = source.solution
    attributes = {
        "version": VERSION,
        "SolutionPackageVersion": "9.2",
        "languagecode": "1033",
        "generatedBy": "CrmLive",
    }
    root = ET.Element("ImportExportXml", attributes)
    manifest = ET.SubElement(root, "SolutionManifest")
    ET.SubElement(manifest, "UniqueName").text = str(solution["uniquename"])
    _labels(manifest, "LocalizedName", str(solution["friendlyname"] or ""))
    _labels(manifest, "Description", str(solution["description"] or ""))
    ET.SubElement(manifest, "Version").text = str(solution["version"])
    ET.SubElement(manifest, "Managed").text = str(int(managed))
    manifest.append(_publisher(source))
    roots = ET.SubElement(manifest, "RootComponents")
    for attributes in _root_components(source, managed=managed):
        ET.SubElement(roots, "RootComponent", attributes)
    kept = source.manifest.find("MissingDependencies") if source.manifest is not None else None
    manifest.append(ET.Element("MissingDependencies") if kept is None else kept)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode").encode()


def content_types(paths: list[str]) -> bytes:
    """Return the declaration of every part."""
    root = ET.Element("Types", {"xmlns": TYPES})
    suffixes = {PurePosixPath(path).suffix.lstrip(".").lower() for path in paths}
    for suffix in sorted(suffixes - {""} | {"xml"}):
        ET.SubElement(root, "Default", {"Extension": suffix, "ContentType": STREAM})
    for path in paths:
        if not PurePosixPath(path).suffix:
            ET.SubElement(root, "Override", {"PartName": f"/{path}", "ContentType": STREAM})
    text = ET.tostring(root, encoding="unicode", xml_declaration=False)
    return f'\ufeff<?xml version="1.0" encoding="utf-8"?>{text}'.encode()


def _labels(parent: ET.Element, one: str, text: str) -> None:
    many = ET.SubElement(parent, "Descriptions" if one == "Description" else f"{one}s")
    if text:
        ET.SubElement(many, one, {"description": text, "languagecode": "1033"})


def _publisher(source: ExportSource) -> ET.Element:
    row = source.publisher
    element = ET.Element("Publisher")
    ET.SubElement(element, "UniqueName").text = str(row["uniquename"])
    _labels(element, "LocalizedName", str(row["friendlyname"] or ""))
    _labels(element, "Description", str(row["description"] or ""))
    texts = {
        "EMailAddress": row["emailaddress"],
        "SupportingWebsiteUrl": row["supportingwebsiteurl"],
        "CustomizationPrefix": row["customizationprefix"],
        "CustomizationOptionValuePrefix": row["customizationoptionvalueprefix"],
    }
    for tag, value in texts.items():
        ET.SubElement(element, tag).text = None if value is None else str(value)
    ET.SubElement(element, "Addresses")
    return element


def _root_components(source: ExportSource, *, managed: bool) -> list[dict[str, str]]:
    """Return the roots that an import named and that are still there, then what came later.

    A package holds what is published: what never was is none of its roots either.
    """
    components = [item for item in source.components if not _is_draft_only(source, item)]
    held = {(int(item["componenttype"] or 0), str(item["objectid"])) for item in components}
    named = (
        source.manifest.findall("RootComponents/RootComponent")
        if source.manifest is not None
        else []
    )
    found = [dict(item.attrib) for item in named if _identity(source, item) in held]
    for component in components:
        kind, object_id = int(component["componenttype"] or 0), str(component["objectid"])
        if (kind, object_id) in source.imported:
            continue
        attributes = _later(source, kind, object_id, managed=managed)
        if attributes:
            found.append(
                {
                    "type": str(kind),
                    **attributes,
                    "behavior": str(component["rootcomponentbehavior"] or 0),
                }
            )
    return found


def _is_draft_only(source: ExportSource, component: Row) -> bool:
    environment, object_id = source.environment, str(component["objectid"])
    name = PUBLISHED.get(int(component["componenttype"] or 0))
    if name is None:
        return False
    table = environment.table(name)
    return (
        environment.store.get(table, object_id, Layer.DRAFT) is not None
        and environment.store.get(table, object_id) is None
    )


def _identity(source: ExportSource, item: ET.Element) -> tuple[int, str]:
    kind, name = int(item.get("type", "0")), item.get("schemaName", "")
    environment = source.environment
    if item.get("id"):
        return kind, item.get("id", "").strip("{}").lower()
    if kind == WEB_RESOURCE:
        row = environment.store.find_one(environment.table("webresource"), "name", name)
        return kind, str(row["webresourceid"]) if row else ""
    if kind == APP:
        row = environment.store.find_one(environment.table("appmodule"), "uniquename", name)
        return kind, str(row["appmoduleid"]) if row else ""
    if kind == VARIABLE:
        table = environment.table("environmentvariabledefinition")
        row = environment.store.find_one(table, "schemaname", name)
        return kind, str(row[table.primary_id]) if row else ""
    if kind == TABLE and name.lower() in environment.catalog.by_name:
        return kind, environment.catalog.by_name[name.lower()].metadata_id
    return kind, named_component_id(kind, name)


def _later(source: ExportSource, kind: int, object_id: str, *, managed: bool) -> dict[str, str]:
    environment = source.environment
    if kind == WEB_RESOURCE:
        row = environment.store.get(environment.table("webresource"), object_id, Layer.DRAFT)
        return {"schemaName": str(row["name"])} if row else {}
    if kind == FORM:
        row = environment.store.get(environment.table("systemform"), object_id, Layer.DRAFT)
        # Changes of a form that others brought are no root of a managed package.
        return {} if managed and row and row["ismanaged"] else {"id": f"{{{object_id}}}"}
    if kind == VIEW:
        return {"id": f"{{{object_id}}}"}
    if kind == APP:
        row = environment.store.get(environment.table("appmodule"), object_id, Layer.DRAFT)
        return {"schemaName": str(row["uniquename"])} if row else {}
    if kind == TABLE:
        tables = (t for t in environment.catalog.tables if t.metadata_id == object_id)
        return {"schemaName": t.logical_name} if (t := next(tables, None)) else {}
    return {}
