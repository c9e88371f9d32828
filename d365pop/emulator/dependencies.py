"""Which component needs which: read from forms, web resources, variables and manifests."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from xml.etree import ElementTree as ET

from d365pop.emulator.component_types import (
    COLUMN,
    FORM,
    PLATFORM_SOLUTIONS,
    TABLE,
    VARIABLE,
    VARIABLE_VALUE,
    WEB_RESOURCE,
)
from d365pop.emulator.environment import Environment
from d365pop.emulator.formxml import web_resources_used
from d365pop.emulator.layering.form_changes import changes_between, merged
from d365pop.emulator.layering.stack import stack_of, top_of
from d365pop.emulator.metadata import Row, Table
from d365pop.emulator.numerals import natural_or
from d365pop.emulator.ribbons import managed_nodes, web_resources_named
from d365pop.emulator.solutions import named_component_id, patches_of
from d365pop.emulator.store import Layer, Selection
from d365pop.emulator.xmltext import XmlRefusedError, parse_xml

COMMAND = 10240


class DependencyType(IntEnum):
    """``dependencytype`` of a dependency."""

    PUBLISHED = 1
    SOLUTION_INTERNAL = 2
    UNPUBLISHED = 4


@dataclass(frozen=True, slots=True, order=True)
class Component:
    """A component by type and id."""

    component_type: int
    object_id: str


@dataclass(frozen=True, slots=True)
class Dependency:
    """One component that needs another."""

    dependent: Component
    required: Component
    kind: DependencyType


def all_dependencies(environment: Environment) -> list[Dependency]:
    """Return every dependency that the environment knows, each once."""
    names = {
        str(row["name"]).lower(): str(row["webresourceid"])
        for row in environment.store.select(
            environment.table("webresource"), Selection(), Layer.DRAFT
        )
    }
    found = [
        *_of_forms(environment, names),
        *_of_web_resources(environment, names),
        *_of_variables(environment),
        *_of_commands(environment),
        *_of_ribbons(environment, names),
        *_of_manifests(environment, names),
    ]
    first = {(item.dependent, item.required): item for item in reversed(found)}
    return sorted(first.values(), key=lambda item: (item.dependent, item.required))


def needing(environment: Environment, component: Component) -> list[Dependency]:
    """Return what needs this component."""
    return [item for item in all_dependencies(environment) if item.required == component]


def needed_by(environment: Environment, component: Component) -> list[Dependency]:
    """Return what this component needs."""
    return [item for item in all_dependencies(environment) if item.dependent == component]


def against_uninstall(environment: Environment, solution: Row) -> list[Dependency]:
    """Return the dependencies of others on what goes with a solution and its patches."""
    leaving = [solution, *patches_of(environment, solution)]
    going = {component for row in leaving for component in _going(environment, row)}
    return [
        item
        for item in all_dependencies(environment)
        if item.required in going
        and item.dependent not in going
        and not any(_only_by_layer(environment, item, str(row["solutionid"])) for row in leaving)
    ]


def _going(environment: Environment, solution: Row) -> set[Component]:
    """Return what only this solution holds."""
    layers = environment.table("d365pop_layer")
    own = Selection(
        't."solutionid" = ? AND NOT EXISTS (SELECT 1 FROM "d365pop_layer" o WHERE '
        'o."objectid" = t."objectid" AND o."solutionid" <> t."solutionid")',
        (solution["solutionid"],),
    )
    return (
        {
            Component(int(row["componenttype"] or 0), str(row["objectid"]))
            for row in environment.store.select(layers, own)
        }
        | components_only_in(environment, solution)
        | _ribbons_of(environment, solution)
    )


def _ribbons_of(environment: Environment, solution: Row) -> set[Component]:
    """Return what a managed solution brought to ribbons, which is its alone."""
    rows = managed_nodes(environment, str(solution["solutionid"]))
    return {Component(table.component_type, row_id) for table, row_id in rows}


def _only_by_layer(environment: Environment, item: Dependency, solution_id: str) -> bool:
    """Whether a form needs a web resource only through what this solution added to it."""
    if (item.dependent.component_type, item.required.component_type) != (FORM, WEB_RESOURCE):
        return False
    forms, scripts = environment.table("systemform"), environment.table("webresource")
    script = environment.store.get(scripts, item.required.object_id, Layer.DRAFT)
    form_id = item.dependent.object_id
    stack = stack_of(environment, forms, form_id)
    others = [layer for layer in stack if layer.solution_id != solution_id]
    before, after = top_of(stack), top_of(others)
    if script is None or before is None or after is None or len(others) == len(stack):
        return False
    for layer in Layer:
        row = environment.store.get(forms, form_id, layer)
        if row is not None:
            edits = changes_between(str(before["formxml"]), str(row["formxml"]))
            if str(script["name"]).lower() in _used(merged(str(after["formxml"]), edits)):
                return False
    return True


def components_only_in(environment: Environment, solution: Row) -> set[Component]:
    """Return the components without rows of their own that no other solution holds."""
    table = environment.table("solutioncomponent")
    where = (
        't."solutionid" = ? AND t."componenttype" NOT IN (1, 60, 61, 380) AND NOT EXISTS '
        '(SELECT 1 FROM "solutioncomponent" o WHERE o."objectid" = t."objectid" '
        'AND o."componenttype" = t."componenttype" AND o."solutionid" <> t."solutionid")'
    )
    rows = environment.store.select(table, Selection(where, (solution["solutionid"],)))
    return {Component(int(row["componenttype"] or 0), str(row["objectid"])) for row in rows}


def missing_from(environment: Environment, solution: Row) -> list[Dependency]:
    """Return what a solution's components need and neither it nor the platform brings."""
    table = environment.table("solutioncomponent")
    own = {
        Component(int(row["componenttype"] or 0), str(row["objectid"]))
        for row in environment.store.select(
            table, Selection('t."solutionid" = ?', (solution["solutionid"],))
        )
    }
    return [
        item
        for item in all_dependencies(environment)
        if item.dependent in own
        and item.required not in own
        and not _of_platform(environment, item.required)
    ]


def _of_platform(environment: Environment, component: Component) -> bool:
    if component.component_type == TABLE:
        return any(t.metadata_id == component.object_id for t in environment.catalog.tables)
    if component.component_type == COLUMN:
        return True
    for table in environment.catalog.tables:
        if table.component_type == component.component_type:
            row = environment.store.get(table, component.object_id, Layer.DRAFT)
            solution = environment.store.get(
                environment.table("solution"), str(row["solutionid"]) if row else ""
            )
            return solution is not None and solution["uniquename"] in PLATFORM_SOLUTIONS
    return False


def _of_forms(environment: Environment, names: dict[str, str]) -> Iterator[Dependency]:
    table = environment.table("systemform")
    kinds = {Layer.PUBLISHED: DependencyType.PUBLISHED, Layer.DRAFT: DependencyType.UNPUBLISHED}
    for layer, kind in kinds.items():
        for row in environment.store.select(table, Selection(), layer):
            form = Component(FORM, str(row["formid"]))
            of_table = environment.catalog.by_name.get(str(row["objecttypecode"]))
            if of_table is not None:
                yield Dependency(form, Component(TABLE, of_table.metadata_id), kind)
            for name in sorted(_used(str(row["formxml"] or ""))):
                if name in names:
                    yield Dependency(form, Component(WEB_RESOURCE, names[name]), kind)


def _used(form_xml: str) -> set[str]:
    # What cannot name a web resource needs no parser: most forms name none.
    if "libraryName" not in form_xml and "<Library" not in form_xml:
        return set()
    return web_resources_used(form_xml)


def _of_web_resources(environment: Environment, names: dict[str, str]) -> Iterator[Dependency]:
    table = environment.table("webresource")
    selection = Selection('t."dependencyxml" IS NOT NULL')
    for row in environment.store.select(table, selection, Layer.DRAFT):
        script = Component(WEB_RESOURCE, str(row["webresourceid"]))
        try:
            root = parse_xml(str(row["dependencyxml"]))
        except XmlRefusedError:
            continue
        for library in root.iter("Library"):
            other = names.get(library.get("name", "").lower())
            if other:
                required = Component(WEB_RESOURCE, other)
                yield Dependency(script, required, DependencyType.PUBLISHED)
        for attribute in root.iter("Attribute"):
            name = f"{attribute.get('entityName', '')}.{attribute.get('attributeName', '')}"
            required = Component(COLUMN, named_component_id(COLUMN, name))
            yield Dependency(script, required, DependencyType.PUBLISHED)


def _of_variables(environment: Environment) -> Iterator[Dependency]:
    values = environment.table("environmentvariablevalue")
    for row in environment.store.select(values, Selection()):
        yield Dependency(
            Component(VARIABLE_VALUE, str(row["environmentvariablevalueid"])),
            Component(VARIABLE, str(row["environmentvariabledefinitionid"])),
            DependencyType.SOLUTION_INTERNAL,
        )


def _of_commands(environment: Environment) -> Iterator[Dependency]:
    selection = Selection('t."onclickeventjavascriptwebresourceid" IS NOT NULL')
    for row in environment.store.select(environment.table("appaction"), selection):
        yield Dependency(
            Component(COMMAND, str(row["appactionid"])),
            Component(WEB_RESOURCE, str(row["onclickeventjavascriptwebresourceid"])),
            DependencyType.PUBLISHED,
        )


def _of_ribbons(environment: Environment, names: dict[str, str]) -> Iterator[Dependency]:
    for component_type, row_id, name in sorted(web_resources_named(environment)):
        if name in names:
            required = Component(WEB_RESOURCE, names[name])
            yield Dependency(Component(component_type, row_id), required, DependencyType.PUBLISHED)


def _of_manifests(environment: Environment, names: dict[str, str]) -> Iterator[Dependency]:
    for row in environment.store.select(environment.table("d365pop_source"), Selection()):
        manifest = parse_xml(str(row["manifest"]))
        for item in manifest.iter("MissingDependency"):
            required, dependent = item.find("Required"), item.find("Dependent")
            if required is not None and dependent is not None:
                yield Dependency(
                    _meant(environment, dependent, names),
                    _meant(environment, required, names),
                    DependencyType.PUBLISHED,
                )


def _meant(environment: Environment, element: ET.Element, names: dict[str, str]) -> Component:
    kind = natural_or(element.get("type", ""), 0)
    if element.get("id"):
        return Component(kind, element.get("id", "").strip("{}").lower())
    name = element.get("schemaName", "").lower()
    if kind == TABLE and name in environment.catalog.by_name:
        return Component(kind, environment.catalog.by_name[name].metadata_id)
    if kind == COLUMN:
        name = f"{element.get('parentSchemaName', '').lower()}.{name}"
    if kind == WEB_RESOURCE and name in names:
        return Component(kind, names[name])
    return Component(kind, named_component_id(kind, name))


def table_of(environment: Environment, component_type: int) -> Table | None:
    """Return the table whose rows are components of this type."""
    found = (t for t in environment.catalog.tables if t.component_type == component_type)
    return next(found, None)
