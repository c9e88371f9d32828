"""A package as its rules look at it: parsed where that is possible, however broken it is.

Unlike ``solution.reading`` nothing here is an error: what cannot be parsed is kept as a problem
for the rules to report, and what depends on it is simply not there.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from lxml import etree

from d365pop.check.finding import Location
from d365pop.check.scripts.definitions import Definitions
from d365pop.solution.reading import CUSTOMIZATIONS, SOLUTION, form_body, form_elements
from d365pop.solution.reading_xml import guid, line_of, text
from d365pop.solution.xml import MAX_MARKUP, XmlInvalidError, parse_counted

CONTENT_TYPES: Final = "[Content_Types].xml"
WEB_RESOURCES: Final = "WebResources/"
VARIABLES: Final = "environmentvariabledefinitions/"
OLD_VALUES: Final = "environment_variable_values.json"
"""Where packages of 2019 kept all values."""
_VARIABLE: Final = "/environmentvariabledefinition.xml"
_CONTENT_TYPES_ROOT: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}Types"
_ROOTS: Final = {
    SOLUTION: "ImportExportXml",
    CUSTOMIZATIONS: "ImportExportXml",
    CONTENT_TYPES: _CONTENT_TYPES_ROOT,
}
_TYPE_WEB_RESOURCE: Final = "61"
_GUID: Final = re.compile(r"\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)

LIBRARY_NAMES: Final = (
    ("formLibraries", "Library", "name"),
    ("Handlers", "Handler", "libraryName"),
)
"""Where a form names libraries: container, element and attribute."""

ExportedNames = Callable[[bytes], Definitions | None]
"""What a script defines for everyone; None where it cannot be parsed."""


@dataclass(frozen=True, slots=True)
class WebResourceItem:
    """A ``WebResource`` element with the part that it names, if the package has that part."""

    element: etree._Element
    name: str
    type_text: str
    file_name: str
    part: str
    """As the package spells it; empty where there is none."""
    content: bytes | None = field(repr=False)

    @property
    def location(self) -> Location:
        """Where customizations.xml declares it."""
        return place(CUSTOMIZATIONS, self.element)


@dataclass(frozen=True, slots=True)
class FormItem:
    """A ``systemform`` or ``Dialog`` that has a ``form``."""

    element: etree._Element
    form: etree._Element
    table: str
    form_type: str
    form_id: str

    @property
    def label(self) -> str:
        """Name the form as messages do."""
        return (
            f"the {self.form_type or 'unnamed'} form {self.form_id} of {self.table or 'no table'}"
        )

    def children(self, container: str, child: str) -> Iterator[etree._Element]:
        """Yield each ``child`` of each ``container``, wherever in the form it stands."""
        for parent in self.form.iter(container):
            yield from parent.iterchildren(child)


@dataclass(frozen=True)
class Subject:
    """The package that is checked."""

    parts: Mapping[str, bytes] = field(repr=False)
    roots: Mapping[str, etree._Element] = field(repr=False)
    """Root elements of the XML parts outside the web resources, by part."""
    problems: Mapping[str, XmlInvalidError]
    """Why the others could not be parsed."""
    exported_names: ExportedNames | None = None
    """None where scripts are not looked into."""

    @cached_property
    def part_by_name(self) -> Mapping[str, str]:
        """The part's own spelling by its name in lower case: part names ignore case."""
        return {part.lower(): part for part in self.parts}

    @cached_property
    def manifest(self) -> etree._Element | None:
        """``SolutionManifest``, where solution.xml has one."""
        root = self.root(SOLUTION)
        return None if root is None else root.find("SolutionManifest")

    @property
    def prefix(self) -> str:
        """The publisher's customization prefix; empty where it is not said."""
        manifest = self.manifest
        return "" if manifest is None else text(manifest, "Publisher/CustomizationPrefix")

    @cached_property
    def web_resources(self) -> tuple[WebResourceItem, ...]:
        """The web resources of customizations.xml in document order."""
        root = self.root(CUSTOMIZATIONS)
        found = () if root is None else root.iterfind("WebResources/WebResource")
        return tuple(self._web_resource(element) for element in found)

    @cached_property
    def web_resource_by_name(self) -> Mapping[str, WebResourceItem]:
        """Web resources by name in lower case: Dataverse compares names without case."""
        return {item.name.lower(): item for item in self.web_resources}

    @cached_property
    def forms(self) -> tuple[FormItem, ...]:
        """The forms and dialogs of customizations.xml in document order."""
        root = self.root(CUSTOMIZATIONS)
        return () if root is None else tuple(_forms(root))

    @cached_property
    def variables(self) -> tuple[tuple[str, etree._Element], ...]:
        """Part and root of each environment variable definition."""
        return tuple(
            (part, root)
            for part, root in sorted(self.roots.items())
            if is_variable(part) and root.tag == expected_root(part)
        )

    @cached_property
    def required_web_resources(self) -> frozenset[str]:
        """Names, in lower case, of the web resources that MissingDependencies lists."""
        manifest = self.manifest
        if manifest is None:
            return frozenset()
        return frozenset(
            required.get("schemaName", "").lower()
            for required in manifest.iterfind("MissingDependencies/MissingDependency/Required")
            if required.get("type") == _TYPE_WEB_RESOURCE
        )

    def root(self, part: str) -> etree._Element | None:
        """Return the root of a part that is there, parses, and is what its name says."""
        root = self.roots.get(part)
        return None if root is None or root.tag != expected_root(part) else root

    def _web_resource(self, element: etree._Element) -> WebResourceItem:
        file_name = text(element, "FileName")
        part = self.part_by_name.get(file_name.lstrip("/").lower(), "") if file_name else ""
        return WebResourceItem(
            element=element,
            name=text(element, "Name"),
            type_text=text(element, "WebResourceType"),
            file_name=file_name,
            part=part,
            content=self.parts[part] if part else None,
        )


def read_subject(
    parts: Mapping[str, bytes], exported_names: ExportedNames | None = None
) -> Subject:
    """Parse what the rules look into: every XML part but the web resources."""
    roots, problems = {}, {}
    # All trees are held at once, so they share what one of them may take; those that most rules
    # need come first.
    left = MAX_MARKUP
    for part in sorted(parts, key=lambda part: part not in _ROOTS):
        if part.endswith(".xml") and not part.startswith(WEB_RESOURCES):
            try:
                roots[part], markup = parse_counted(parts[part], part, left)
                left -= markup
            except XmlInvalidError as problem:
                problems[part] = problem
    return Subject(parts, roots, problems, exported_names)


def is_guid(written: str) -> bool:
    """Whether ``written`` is a GUID, with braces or without."""
    return _GUID.fullmatch(written) is not None


def is_variable(part: str) -> bool:
    """Whether a part is the definition of an environment variable."""
    return part.startswith(VARIABLES) and part.endswith(_VARIABLE)


def expected_root(part: str) -> str:
    """Return the root element of a part that we look into; empty for every other one."""
    return "environmentvariabledefinition" if is_variable(part) else _ROOTS.get(part, "")


def place(part: str, element: etree._Element) -> Location:
    """Return where an element starts."""
    return Location(part, line_of(element))


def _forms(root: etree._Element) -> Iterator[FormItem]:
    for table, form_type, element in form_elements(root):
        form = form_body(element)
        if form is not None:
            form_id = guid(text(element, "formid") or text(element, "FormId"))
            yield FormItem(element, form, table, form_type, form_id)
