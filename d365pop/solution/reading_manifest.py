"""Reads solution.xml; an absent element is an empty text, since old exports lack many."""

from lxml import etree

from d365pop.solution.contents import Manifest, MissingDependency, RootComponent
from d365pop.solution.reading_xml import guid, line_of, local_label, number, text


def read_manifest(root: etree._Element) -> Manifest:
    """Return what solution.xml says; ``root`` is its root element."""
    manifest = root.find("SolutionManifest")
    element = root if manifest is None else manifest
    language = root.get("languagecode", "")
    return Manifest(
        unique_name=text(element, "UniqueName"),
        display_name=local_label(element, language=language),
        description=local_label(element, "Descriptions/Description", language),
        version=text(element, "Version"),
        managed=text(element, "Managed"),
        package_version=root.get("SolutionPackageVersion", ""),
        publisher_unique_name=text(element, "Publisher/UniqueName"),
        publisher_display_name=local_label(
            element, "Publisher/LocalizedNames/LocalizedName", language
        ),
        customization_prefix=text(element, "Publisher/CustomizationPrefix"),
        option_value_prefix=text(element, "Publisher/CustomizationOptionValuePrefix"),
        root_components=tuple(
            _root_component(item) for item in element.iterfind("RootComponents/RootComponent")
        ),
        missing_dependencies=tuple(
            _dependency(item) for item in element.iterfind("MissingDependencies/MissingDependency")
        ),
    )


def _root_component(element: etree._Element) -> RootComponent:
    return RootComponent(
        type_code=number(element.get("type", "")),
        schema_name=element.get("schemaName", ""),
        component_id=guid(element.get("id", "")),
        behavior=element.get("behavior", ""),
        line=line_of(element),
    )


def _dependency(element: etree._Element) -> MissingDependency:
    required, dependent = element.find("Required"), element.find("Dependent")
    return MissingDependency(
        required_type=_type_code(required),
        required_name=_name(required),
        required_solution="" if required is None else required.get("solution", ""),
        dependent_type=_type_code(dependent),
        dependent_name=_name(dependent),
        line=line_of(element),
    )


def _type_code(element: etree._Element | None) -> int:
    return 0 if element is None else number(element.get("type", ""))


def _name(element: etree._Element | None) -> str:
    """Name a component as a person would look for it: ``parent.name``, else by id."""
    if element is None:
        return ""
    name = element.get("schemaName", "") or element.get("displayName", "") or element.get("id", "")
    parent = element.get("parentSchemaName") or element.get("parentDisplayName")
    return f"{parent}.{name}" if parent else name
