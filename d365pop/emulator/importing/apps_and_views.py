"""Views and model-driven apps of a package become rows; their other parts stay with the source."""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from d365pop.emulator.component_types import APP, VIEW
from d365pop.emulator.importing.target import Target
from d365pop.emulator.metadata import Row
from d365pop.emulator.numerals import natural_or
from d365pop.emulator.package.contents import Package
from d365pop.emulator.solutions import named_component_id
from d365pop.emulator.store import Layer
from d365pop.emulator.xmltext import attribute_of, text_of


def views_of(package: Package) -> Iterator[tuple[ET.Element, str]]:
    """Yield each view with its table."""
    for entity in package.customizations.findall("Entities/Entity"):
        for view in entity.findall("SavedQueries/savedqueries/savedquery"):
            yield view, text_of(entity, "Name").lower()


def apps_of(package: Package) -> list[ET.Element]:
    """Return the model-driven apps."""
    return package.customizations.findall("AppModules/AppModule")


def put_view(target: Target, element: ET.Element, table_name: str) -> str:
    """Write a view and return its id, empty where an unmanaged layer stays above it."""
    table = target.environment.table("savedquery")
    row_id = text_of(element, "savedqueryid").strip("{}").lower()
    values = _view(element, table_name)
    target.include(VIEW, row_id, str(values["name"]))
    return row_id if target.place(table, row_id, values) else ""


def _view(element: ET.Element, table_name: str) -> Row:
    return {
        "name": attribute_of(element, "LocalizedNames/LocalizedName", "description"),
        "description": attribute_of(element, "Descriptions/Description", "description") or None,
        "fetchxml": _inner(element.find("fetchxml/fetch")),
        "layoutxml": _inner(element.find("layoutxml/grid")),
        "querytype": natural_or(text_of(element, "querytype"), 0),
        "returnedtypecode": table_name,
        "iscustomizable": int(text_of(element, "IsCustomizable") != "0"),
        **{
            name: int(text_of(element, name) == "1")
            for name in ("isdefault", "isquickfindquery", "isprivate")
        },
    }


def put_app(target: Target, element: ET.Element) -> str:
    """Write an app and return its id; packages name apps only, so a new one gets an id here."""
    environment, unique_name = target.environment, text_of(element, "UniqueName")
    table = environment.table("appmodule")
    present = environment.store.find(table, "uniquename", unique_name, Layer.DRAFT)
    row_id = str(present[0]["appmoduleid"]) if present else named_component_id(APP, unique_name)
    target.include(APP, row_id, unique_name)
    return row_id if target.place(table, row_id, _app(element)) else ""


def _app(element: ET.Element) -> Row:
    return {
        "name": attribute_of(element, "LocalizedNames/LocalizedName", "description"),
        "uniquename": text_of(element, "UniqueName"),
        "description": attribute_of(element, "Descriptions/Description", "description") or None,
        "webresourceid": text_of(element, "WebResourceId").strip("{}").lower() or None,
        "clienttype": natural_or(text_of(element, "ClientType"), 4),
        "formfactor": natural_or(text_of(element, "FormFactor"), 1),
        "navigationtype": natural_or(text_of(element, "NavigationType"), 0),
        "iscustomizable": int(text_of(element, "IsCustomizable") != "0"),
    }


def _inner(element: ET.Element | None) -> str | None:
    if element is None:
        return None
    element.tail = None
    return ET.tostring(element, encoding="unicode")
