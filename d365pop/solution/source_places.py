"""Where SolutionPackager keeps which component of customizations.xml; reads and writes nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lxml import etree

SOLUTION_FILE: Final = "Other/Solution.xml"
CUSTOMIZATIONS_FILE: Final = "Other/Customizations.xml"
RELATIONSHIPS_FILE: Final = "Other/Relationships.xml"
RELATIONSHIPS_FOLDER: Final = "Other/Relationships/"
DATA_SUFFIX: Final = ".data.xml"

# No part of a package lives in these: a file that nobody knows here would be lost or misplaced.
RESERVED_FOLDERS: Final = (
    "AppModuleSiteMaps/",
    "AppModules/",
    "Dashboards/",
    "Entities/",
    "OptionSets/",
    "Other/",
    "Roles/",
)

CONTAINERS: Final = (
    "Entities",
    "Roles",
    "Workflows",
    "FieldSecurityProfiles",
    "Templates",
    "EntityMaps",
    "EntityRelationships",
    "OrganizationSettings",
    "optionsets",
    "Dashboards",
    "WebResources",
    "CustomControls",
    "SolutionPluginAssemblies",
    "AppModuleSiteMaps",
    "AppModules",
    "EntityDataProviders",
    "Languages",
)
"""The order of Microsoft's schema, as far as a missing container may have to be put in."""

# No dot in front: hidden files are nobody's components. None behind: Windows drops it.
_SEGMENT: Final = re.compile(r"(?![. ])[^\x00-\x1f\x7f<>:\"/\\|?*]*[^\x00-\x20\x7f<>:\"/\\|?*.]")
_DEVICES: Final = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_MOST_CHARACTERS: Final = 240
_TWIN: Final = "_managed.xml"


@dataclass(frozen=True, slots=True)
class Place:
    """One kind of component: its container, its element and its files."""

    container: str
    item: str
    path: Callable[[etree._Element], str]
    """What the file of a component would be called."""
    pattern: re.Pattern[str]

    def file(self, element: etree._Element) -> str:
        """Return the file of a component; empty where it has no name that a file could have."""
        found = self.path(element)
        return found if self.pattern.fullmatch(found) else ""


def _text(name: str) -> Callable[[etree._Element], str]:
    return lambda element: (element.findtext(name) or "").strip()


def _attribute(name: str) -> Callable[[etree._Element], str]:
    return lambda element: (element.get(name) or "").strip()


def _part_file(*names: str) -> Callable[[etree._Element], str]:
    """The description stands beside the part that the element names."""

    def path(element: etree._Element) -> str:
        found = next((text for name in names if (text := element.findtext(name))), "")
        return f"{found.lstrip('/')}{DATA_SUFFIX}" if found else ""

    return path


def _place(
    container: str, item: str, name: Callable[[etree._Element], str], template: str
) -> Place:
    before, _, after = template.partition("*")

    def path(element: etree._Element) -> str:
        found = name(element)
        return f"{before}{found}{after}" if found else ""

    inner = "[^/]+" if container != "WebResources" else ".+"
    return Place(container, item, path, re.compile(re.escape(before) + inner + re.escape(after)))


ENTITY: Final = _place("Entities", "Entity", _text("Name"), "Entities/*/Entity.xml")
WEB_RESOURCE: Final = _place(
    "WebResources", "WebResource", _text("Name"), f"WebResources/*{DATA_SUFFIX}"
)
PLACES: Final = (
    _place("Roles", "Role", _attribute("name"), "Roles/*.xml"),
    Place(
        "Workflows",
        "Workflow",
        _part_file("XamlFileName", "JsonFileName"),
        re.compile(r"Workflows/[^/]+\.data\.xml"),
    ),
    _place("optionsets", "optionset", _attribute("Name"), "OptionSets/*.xml"),
    _place("Dashboards", "Dashboard", _text("FormId"), "Dashboards/*.xml"),
    WEB_RESOURCE,
    Place(
        "SolutionPluginAssemblies",
        "PluginAssembly",
        _part_file("FileName"),
        re.compile(r"PluginAssemblies/.+\.data\.xml"),
    ),
    _place(
        "AppModuleSiteMaps",
        "AppModuleSiteMap",
        _text("SiteMapUniqueName"),
        "AppModuleSiteMaps/*/AppModuleSiteMap.xml",
    ),
    _place("AppModules", "AppModule", _text("UniqueName"), "AppModules/*/AppModule.xml"),
    ENTITY,
)
"""The components that are elements of a container of customizations.xml itself."""


@dataclass(frozen=True, slots=True)
class Nested:
    """Components of a table: ``Entity/<container>/<group>/<item>``."""

    container: str
    group: str
    item: str
    key: str
    grouped_by: str = ""
    """Attribute of the group element that becomes a folder."""

    def path(self, folder: str, group: etree._Element, item: etree._Element) -> str:
        """Return the file of ``item`` below the table's ``folder``; empty where it has none."""
        key = (item.findtext(self.key) or "").strip()
        kind = group.get(self.grouped_by, "") if self.grouped_by else "."
        if not key or not kind or "/" in key or "/" in kind:
            return ""
        middle = f"{kind}/" if self.grouped_by else ""
        return f"{folder}{self.container}/{middle}{key}.xml"


FORMS: Final = Nested("FormXml", "forms", "systemform", "formid", grouped_by="type")
VIEWS: Final = Nested("SavedQueries", "savedqueries", "savedquery", "savedqueryid")
NESTED: Final = (FORMS, VIEWS)

RIBBON: Final = "RibbonDiffXml"
RIBBON_FILE: Final = "RibbonDiff.xml"


def relationship_file(element: etree._Element) -> str:
    """Return the file of a relationship: that of the table on its one side."""
    # ASSUMED: relationships of many to many go by their first table.
    table = element.findtext("ReferencedEntityName") or element.findtext("FirstEntityName") or ""
    return f"{RELATIONSHIPS_FOLDER}{table.strip()}.xml" if table.strip() else ""


def managed_base(path: str) -> str:
    """Return the file that ``path`` would be the managed twin of; empty where it can be none."""
    if not path.endswith(_TWIN) or not path.startswith(RESERVED_FOLDERS):
        return ""
    return path.removesuffix(_TWIN) + ".xml"


def is_portable(path: str) -> bool:
    """Tell whether ``path`` stays below its folder and can be a file on every system."""
    segments = path.split("/")
    return len(path) <= _MOST_CHARACTERS and all(
        _SEGMENT.fullmatch(segment) and not _DEVICES.fullmatch(segment) for segment in segments
    )
