"""Where in ``customizations.xml`` things stand, made where it is missing."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from d365pop.emulator.metadata import Row

LAST = frozenset({"EntityDataProviders", "EntityDataSources", "Languages"})


def section(root: ET.Element, name: str) -> ET.Element:
    """Return a section of the customizations; a new one is the tables', or of the latest."""
    found = root.find(name)
    if found is None:
        found = ET.Element(name)
        later = (place for place, item in enumerate(root) if item.tag in LAST)
        root.insert(0 if name == "Entities" else next(later, len(root)), found)
    return found


def entity_element(root: ET.Element, table: str) -> ET.Element:
    """Return the element of a table; a new one says that the table itself is not changed."""
    entities = section(root, "Entities")
    for entity in entities:
        if (entity.findtext("Name") or "").lower() == table:
            return entity
    entity = ET.SubElement(entities, "Entity")
    name = {"LocalizedName": table.capitalize(), "OriginalName": ""}
    ET.SubElement(entity, "Name", name).text = table.capitalize()
    info = ET.SubElement(ET.SubElement(entity, "EntityInfo"), "entity")
    info.attrib = {"Name": table, "unmodified": "1"}
    ET.SubElement(info, "attributes")
    return entity


def child(parent: ET.Element, name: str) -> ET.Element:
    """Return a child of an element."""
    found = parent.find(name)
    return ET.SubElement(parent, name) if found is None else found


def put_texts(parent: ET.Element, values: Mapping[str, object]) -> None:
    """Give children their texts; what has no value is left as it is."""
    for name, value in values.items():
        if value is not None:
            child(parent, name).text = str(value)


def put_names(parent: ET.Element, row: Row) -> None:
    """Say a row's name, and its description where it has one."""
    _put_label(parent, "LocalizedNames", "LocalizedName", str(row["name"]))
    if row["description"]:
        _put_label(parent, "Descriptions", "Description", str(row["description"]))


def _put_label(parent: ET.Element, many: str, one: str, text: str) -> None:
    """Say something in the base language, and keep what it says in others."""
    labels = child(parent, many)
    label = next((item for item in labels if item.get("languagecode") == "1033"), None)
    if label is None:
        label = ET.SubElement(labels, one, {"languagecode": "1033"})
    label.set("description", text)
