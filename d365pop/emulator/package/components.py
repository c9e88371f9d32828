"""Components that the emulator only keeps in mind: their type and name, so that none is lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from xml.etree import ElementTree as ET

from d365pop.emulator.component_types import CHART, COLUMN, TABLE, VIEW
from d365pop.emulator.xmltext import text_of

UNKNOWN = 0
# Types of newer tables differ between environments. ASSUMED: the numbers from 10000 on.
CONNECTION_REFERENCE, CUSTOM_API, CUSTOM_API_PARAMETER, CUSTOM_API_PROPERTY = (
    10130,
    10026,
    10027,
    10028,
)

SECTIONS: Mapping[str, tuple[int, tuple[str, ...]]] = {
    "Roles": (20, ("@id", "@name")),
    "Workflows": (29, ("@WorkflowId", "@Name")),
    "FieldSecurityProfiles": (70, ("@fieldsecurityprofileid", "@name")),
    "Templates": (36, ("@id", "Title")),
    "EntityMaps": (46, ("EntitySource",)),
    "EntityRelationships": (10, ("@Name",)),
    "optionsets": (9, ("@Name",)),
    "Reports": (31, ("@ReportId", "Name")),
    "Dashboards": (60, ("FormId", "@id")),
    "CustomControls": (66, ("Name",)),
    "SolutionPluginAssemblies": (91, ("@PluginAssemblyId", "@FullName")),
    "SdkMessageProcessingSteps": (92, ("@SdkMessageProcessingStepId", "@Name")),
    "ServiceEndpoints": (95, ("@ServiceEndpointId", "Name")),
    "SiteMap": (62, ("@id",)),
    "AppModuleSiteMaps": (62, ("SiteMapUniqueName",)),
    "AppModules": (80, ("UniqueName",)),
    "CanvasApps": (300, ("Name",)),
    "EntityImageConfigs": (432, ("parententitylogicalname",)),
    "AttributeImageConfigs": (431, ("parententitylogicalname", "attributelogicalname")),
    "connectionreferences": (CONNECTION_REFERENCE, ("@connectionreferencelogicalname",)),
}
ELSEWHERE = frozenset(
    {"Entities", "WebResources", "EnvironmentVariables", "Languages", "OrganizationSettings"}
    | {"Dialogs", "RibbonDiffXml"}
)
BOTH_NAMES = frozenset({"AttributeImageConfigs"})
FILES: Mapping[str, int] = {
    "customapi.xml": CUSTOM_API,
    "customapirequestparameter.xml": CUSTOM_API_PARAMETER,
    "customapiresponseproperty.xml": CUSTOM_API_PROPERTY,
}


@dataclass(frozen=True, slots=True)
class OtherComponent:
    """A component by type and by name or id."""

    component_type: int
    name: str
    component_id: str = ""


def other_components(
    customizations: ET.Element, parts: Mapping[str, bytes]
) -> Iterator[OtherComponent]:
    """Return every component that is neither web resource, form nor variable."""
    for entity in customizations.findall("Entities/Entity"):
        yield from _of_table(entity)
    for section in customizations:
        if section.tag in SECTIONS:
            component_type, names = SECTIONS[section.tag]
            for item in section:
                yield _named(item, component_type, names, join=section.tag in BOTH_NAMES)
        elif section.tag not in ELSEWHERE:
            for item in section:
                yield OtherComponent(UNKNOWN, f"{section.tag}/{_any_name(item)}")
    for path in parts:
        file = PurePosixPath(path)
        if file.name in FILES:
            yield OtherComponent(FILES[file.name], f"{file.parent.name}")


def _of_table(entity: ET.Element) -> Iterator[OtherComponent]:
    name = text_of(entity, "Name").lower()
    yield OtherComponent(TABLE, name)
    for attribute in entity.findall("EntityInfo/entity/attributes/attribute"):
        if attribute.get("unmodified") != "1":
            column = text_of(attribute, "LogicalName") or attribute.get("PhysicalName", "")
            yield OtherComponent(COLUMN, f"{name}.{column.lower()}")
    for view in entity.iter("savedquery"):
        yield OtherComponent(VIEW, _label(view), _bare(text_of(view, "savedqueryid")))
    for chart in entity.iter("visualization"):
        identity = _bare(text_of(chart, "savedqueryvisualizationid"))
        yield OtherComponent(CHART, _label(chart), identity)


def _named(
    item: ET.Element, component_type: int, names: tuple[str, ...], *, join: bool
) -> OtherComponent:
    found = [
        value
        for name in names
        if (value := item.get(name[1:], "") if name[0] == "@" else text_of(item, name))
    ]
    if not found:
        return OtherComponent(component_type, _any_name(item))
    name = " ".join(found) if join else found[-1]
    identity = _bare(found[0])
    is_id = len(identity.replace("-", "")) == len("0" * 32) and identity.count("-") == len("----")
    return OtherComponent(component_type, name, identity if is_id else "")


def _any_name(item: ET.Element) -> str:
    for name in ("Name", "name", "UniqueName", "uniquename", "schemaname", "id"):
        value = item.get(name) or text_of(item, name)
        if value:
            return value
    return item.tag


def _label(element: ET.Element) -> str:
    found = element.find("LocalizedNames/LocalizedName")
    return "" if found is None else found.get("description", "")


def _bare(text: str) -> str:
    return text.strip("{}").lower()
