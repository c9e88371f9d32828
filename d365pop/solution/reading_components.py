"""Lists the components of a package that are no web resource, form or environment variable.

Sections of customizations.xml that it does not know are listed under their own name, and so are
files that nothing in the package refers to: what an import brings is never left out of a report.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from d365pop.solution.reading_variables import FOLDER as VARIABLES_FOLDER
from d365pop.solution.reading_xml import local_label, text

# Kind, and where the name stands (``@`` for an attribute), by section of customizations.xml.
_SECTIONS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "Roles": ("security roles", ("@name",)),
    "Workflows": ("processes", ("@Name",)),
    "FieldSecurityProfiles": ("column security profiles", ("@name",)),
    "Templates": ("templates", ("title", "Title")),
    "EntityMaps": ("column mappings", ("EntitySource", "EntityTarget")),
    "EntityRelationships": ("relationships", ("@Name",)),
    "optionsets": ("choices", ("@Name",)),
    "Reports": ("reports", ("Name", "name")),
    "Dashboards": ("dashboards", ()),
    "CustomControls": ("code components", ("Name",)),
    "SolutionPluginAssemblies": ("plug-in assemblies", ("@FullName",)),
    "SdkMessageProcessingSteps": ("plug-in steps", ("@Name",)),
    "ServiceEndpoints": ("service endpoints", ("Name", "@Name")),
    "SiteMap": ("site maps", ()),
    "AppModuleSiteMaps": ("site maps", ("SiteMapUniqueName",)),
    "AppModules": ("apps", ("UniqueName",)),
    "CanvasApps": ("canvas apps", ("Name",)),
    "EntityImageConfigs": ("table image configurations", ("parententitylogicalname",)),
    "AttributeImageConfigs": (
        "column image configurations",
        ("parententitylogicalname", "attributelogicalname"),
    ),
    "connectionreferences": ("connection references", ("@connectionreferencelogicalname",)),
    "Languages": ("languages", (".",)),
}
_ELSEWHERE: Final = frozenset({"Entities", "WebResources", "Dialogs", "EnvironmentVariables"})
_RIBBON: Final = "RibbonDiffXml"
_RIBBON_ITEMS: Final = (
    "CustomActions/*",
    "CommandDefinitions/*",
    "RuleDefinitions/*/*",
    "LocLabels/*",
)
# Sub-elements of a table that are listed one by one: path, kind.
_OF_TABLE: Final = (
    ("EntityInfo/entity/attributes/attribute", "columns"),
    ("EntityInfo/entity/EntityKeys/EntityKey", "keys"),
    ("SavedQueries//savedquery", "views"),
    ("Visualizations//visualization", "charts"),
)
_TABLE_PARTS: Final = frozenset(
    {"Name", "ObjectTypeCode", "EntityInfo", "FormXml", "SavedQueries", "Visualizations", _RIBBON}
)
_NAMES: Final = ("Name", "name", "UniqueName", "uniquename", "schemaname", "LogicalName", "id")
_FILE_FOLDERS: Final = {
    "customapis": "custom APIs",
    "customapirequestparameters": "custom API parameters",
    "customapiresponseproperties": "custom API properties",
}
_ROOTS: Final = frozenset({"[Content_Types].xml", "solution.xml", "customizations.xml"})


@dataclass(frozen=True, slots=True)
class Component:
    """A component of any kind: an element of customizations.xml, a part of its own, or both."""

    kind: str
    name: str
    element: etree._Element | None = field(default=None, repr=False)
    parts: tuple[str, ...] = ()
    listed_apart: frozenset[str] = frozenset()
    """Tags below ``element`` that are components of their own."""


def iter_components(root: etree._Element, parts: Mapping[str, bytes]) -> Iterator[Component]:
    """Yield every component beside web resources, forms and variables, in document order."""
    used = set(_ROOTS)
    for entity in root.iterfind("Entities/Entity"):
        yield from _of_table(entity, parts, used)
    for section in root.iterchildren(tag=etree.Element):
        if section.tag not in _ELSEWHERE:
            yield from _of_section(section, parts, used)
    used |= {_part(element) for element in root.iterfind("WebResources/WebResource/FileName")}
    yield from _of_files(parts, used)


def _of_section(
    section: etree._Element, parts: Mapping[str, bytes], used: set[str]
) -> Iterator[Component]:
    tag = str(section.tag)
    if tag == _RIBBON:
        yield from _ribbon(section, "application ribbon")
        return
    kind, paths = _SECTIONS.get(tag, (tag, ()))
    for item in section.iterchildren(tag=etree.Element):
        files = _files(item, parts)
        used |= set(files)
        yield Component(kind, _name(item, paths), item, files)


def _of_table(
    entity: etree._Element, parts: Mapping[str, bytes], used: set[str]
) -> Iterator[Component]:
    table = text(entity, "Name").lower()
    apart = frozenset(
        {"attributes", "EntityKeys", "FormXml", "SavedQueries", "Visualizations", _RIBBON}
    )
    yield Component("tables", table, entity, listed_apart=apart)
    for path, kind in _OF_TABLE:
        for item in entity.iterfind(path):
            if item.get("unmodified") != "1":
                files = _files(item, parts)
                used |= set(files)
                yield Component(kind, f"{table}.{_table_item_name(item)}", item, files)
    for child in entity.iterchildren(tag=etree.Element):
        if child.tag == _RIBBON:
            yield from _ribbon(child, table)
        elif child.tag not in _TABLE_PARTS and len(child):
            yield Component(str(child.tag), table, child)


def _ribbon(element: etree._Element, name: str) -> Iterator[Component]:
    # Exports write empty containers for tables without commands of their own.
    if any(element.find(path) is not None for path in _RIBBON_ITEMS):
        yield Component("ribbons", name, element)


def _table_item_name(item: etree._Element) -> str:
    column = text(item, "LogicalName") or item.get("PhysicalName", "")
    return column.lower() or local_label(item) or _name(item, ())


def _name(item: etree._Element, paths: tuple[str, ...]) -> str:
    found = [
        value
        for path in paths
        if (value := item.get(path[1:], "") if path[0] == "@" else text(item, path))
    ]
    if found:
        return " ".join(found)
    label = local_label(item)
    return label or next(
        (value for name in _NAMES if (value := item.get(name) or text(item, name))), str(item.tag)
    )


def _files(item: etree._Element, parts: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the parts that an element names, whatever it calls them (``XamlFileName`` …)."""
    named = {_part(child) for child in item.iter() if str(child.tag).endswith(("FileName", "Uri"))}
    return tuple(sorted(named & parts.keys()))


def _part(element: etree._Element) -> str:
    return (element.text or "").strip().lstrip("/")


def _of_files(parts: Mapping[str, bytes], used: set[str]) -> Iterator[Component]:
    waiting = [part for part in sorted(parts) if part not in used]
    # The longest folder first: a file belongs to the innermost component that holds it.
    owners = {part.rpartition("/")[0]: kind for part in waiting if (kind := _file_kind(part))}
    held: dict[str, list[str]] = {folder: [] for folder in owners}
    for part in waiting:
        if part.startswith(VARIABLES_FOLDER) or part == "environment_variable_values.json":
            continue
        owner = _owner(part, owners)
        if owner is None:
            yield Component("other files", part, parts=(part,))
        else:
            held[owner].append(part)
    for folder, files in held.items():
        if files:
            yield Component(owners[folder], _folder_name(folder), parts=tuple(files))


def _owner(part: str, owners: Mapping[str, str]) -> str | None:
    folder = part.rpartition("/")[0]
    while folder and folder not in owners:
        folder = folder.rpartition("/")[0]
    return folder or None


def _file_kind(part: str) -> str:
    """Return the kind of ``customapis/<name>/customapi.xml``, and of any folder built so."""
    segments = part.split("/")
    if len(segments) < len(("folder", "name", "file")):
        return ""
    folder, file = segments[-3].lower(), segments[-1].lower()
    singular = {folder.removesuffix("s"), folder.removesuffix("ies") + "y"}
    if not file.endswith(".xml") or file.removesuffix(".xml") not in singular:
        return ""
    return _FILE_FOLDERS.get(folder, folder)


def _folder_name(folder: str) -> str:
    # Parameters of two custom APIs may have one name: theirs stand inside the API's folder.
    names = folder.split("/")[1::2]
    return "/".join(names)
