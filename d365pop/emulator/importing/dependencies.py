"""Which required components of a package are missing in an environment; writes nothing."""

from xml.etree import ElementTree as ET

from d365pop.emulator.component_types import (
    COLUMN,
    FORM,
    PLATFORM_SOLUTIONS,
    TABLE,
    VARIABLE,
    WEB_RESOURCE,
)
from d365pop.emulator.environment import Environment
from d365pop.emulator.package.contents import Package
from d365pop.emulator.package.manifest import Dependency
from d365pop.emulator.solutions import known_component
from d365pop.emulator.store import Layer

TABLE_OF_TYPE = {
    FORM: ("systemform", "name"),
    WEB_RESOURCE: ("webresource", "name"),
    VARIABLE: ("environmentvariabledefinition", "schemaname"),
}


def missing_dependencies(environment: Environment, package: Package) -> list[Dependency]:
    """Return what the package requires and neither it nor the environment has."""
    return [
        dependency
        for dependency in package.manifest.dependencies
        if not _in_environment(environment, dependency) and not _in_package(package, dependency)
    ]


def missing_dependencies_xml(missing: list[Dependency]) -> str:
    """Return the text that the platform puts into its message."""
    root = ET.Element("MissingDependencies")
    for number, dependency in enumerate(missing):
        element = ET.SubElement(root, "MissingDependency")
        for tag, source, key in (
            ("Required", dependency.required, 2 * number),
            ("Dependent", dependency.dependent, 2 * number + 1),
        ):
            ET.SubElement(element, tag, {"key": str(key), **source.attrib})
    return ET.tostring(root, encoding="unicode")


def _in_environment(environment: Environment, dependency: Dependency) -> bool:
    if dependency.solution in PLATFORM_SOLUTIONS:
        return True
    kind, required = dependency.component_type, dependency.required
    name = required.get("schemaName", "")
    component_id = required.get("id", "").strip("{}").lower()
    if kind == TABLE:
        return name.lower() in environment.catalog.by_name or known_component(
            environment, kind, "componentname", name
        )
    if kind == COLUMN:
        return _has_column(environment, required.get("parentSchemaName", "").lower(), name.lower())
    if kind in TABLE_OF_TYPE and _has_row(environment, kind, component_id, name):
        return True
    if component_id:
        return known_component(environment, kind, "objectid", component_id)
    return known_component(environment, kind, "componentname", name)


def _has_column(environment: Environment, table: str, column: str) -> bool:
    known = environment.catalog.by_name.get(table)
    if known is not None and column in known.columns:
        return True
    return known_component(environment, COLUMN, "componentname", f"{table}.{column}")


def _has_row(environment: Environment, kind: int, component_id: str, name: str) -> bool:
    logical_name, name_column = TABLE_OF_TYPE[kind]
    table = environment.table(logical_name)
    if component_id:
        return environment.store.get(table, component_id, Layer.DRAFT) is not None
    return bool(environment.store.find(table, name_column, name, Layer.DRAFT))


def _in_package(package: Package, dependency: Dependency) -> bool:
    kind, required = dependency.component_type, dependency.required
    name = required.get("schemaName", "").lower()
    component_id = required.get("id", "").strip("{}").lower()
    if kind == WEB_RESOURCE:
        return any(part.name.lower() == name for part in package.web_resources)
    if kind == FORM:
        # A diff needs the form that it changes: it cannot be that form.
        return any(part.form_id == component_id and not part.is_diff for part in package.forms)
    if kind == VARIABLE:
        return any(part.schema_name.lower() == name for part in package.variables)
    return False
