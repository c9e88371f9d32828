"""What needs what: the functions that clients ask before they delete."""

from uuid import uuid5
from xml.etree.ElementTree import Element

from d365pop.emulator import dependencies
from d365pop.emulator.dependencies import Component, Dependency
from d365pop.emulator.environment import Environment
from d365pop.emulator.importing.dependencies import missing_dependencies
from d365pop.emulator.metadata import METADATA_NAMESPACE
from d365pop.emulator.numerals import natural_or
from d365pop.emulator.operations.base import Call, Handler, Operation
from d365pop.emulator.operations.importing import decode_file
from d365pop.emulator.package.contents import read_package
from d365pop.emulator.protocol import Json, JsonObject
from d365pop.emulator.solutions import solution_named
from d365pop.emulator.store import Layer

COMPONENT = frozenset({"ObjectId", "ComponentType"})
FROM_URL = str.maketrans("-_", "+/")
SOLUTION = frozenset({"SolutionUniqueName"})


def _dependents(call: Call) -> JsonObject:
    return _answer(call.environment, dependencies.needing(call.environment, _component(call)))


def _required(call: Call) -> JsonObject:
    return _answer(call.environment, dependencies.needed_by(call.environment, _component(call)))


def _for_uninstall(call: Call) -> JsonObject:
    solution = solution_named(call.environment, call.text("SolutionUniqueName"))
    return _answer(call.environment, dependencies.against_uninstall(call.environment, solution))


def _missing(call: Call) -> JsonObject:
    solution = solution_named(call.environment, call.text("SolutionUniqueName"))
    return _answer(call.environment, dependencies.missing_from(call.environment, solution))


def _missing_components(call: Call) -> JsonObject:
    """Return what a package requires that is not here; it comes as a binary literal in the URL."""
    text = call.text("CustomizationFile").removeprefix("binary'").removesuffix("'")
    package = read_package(decode_file(text.translate(FROM_URL)))
    found: list[Json] = [
        {
            "RequiredComponent": _detail(item.required),
            "DependentComponent": _detail(item.dependent),
        }
        for item in missing_dependencies(call.environment, package)
    ]
    return {"MissingComponents": found}


def _detail(told: Element) -> JsonObject:
    return {
        "Type": natural_or(told.get("type", ""), 0),
        "SchemaName": told.get("schemaName"),
        "DisplayName": told.get("displayName"),
        "ParentSchemaName": told.get("parentSchemaName"),
        "ParentDisplayName": told.get("parentDisplayName"),
        "Id": told.get("id", "").strip("{}").lower() or None,
        "ParentId": told.get("parentId", "").strip("{}").lower() or None,
        "Solution": told.get("solution"),
    }


def _component(call: Call) -> Component:
    return Component(call.number("ComponentType"), call.text("ObjectId").strip("{}").lower())


def _answer(environment: Environment, found: list[Dependency]) -> JsonObject:
    rows: list[Json] = [_row(environment, item) for item in found]
    return {"value": rows}


def _row(environment: Environment, item: Dependency) -> JsonObject:
    name = f"{item.dependent}{item.required}"
    row: JsonObject = {
        "dependencyid": str(uuid5(METADATA_NAMESPACE, name)),
        "dependencytype": int(item.kind),
    }
    for side, component in (("dependent", item.dependent), ("required", item.required)):
        parent, solution = _surroundings(environment, component)
        row |= {
            f"{side}componentobjectid": component.object_id,
            f"{side}componenttype": component.component_type,
            f"{side}componentparentid": parent,
            f"{side}componentbasesolutionid": solution,
            f"_{side}componentnodeid_value": str(uuid5(METADATA_NAMESPACE, str(component))),
        }
    return row


def _surroundings(environment: Environment, component: Component) -> tuple[str, str | None]:
    """Return the id of what a component hangs on and of the solution that brought it."""
    nothing = "00000000-0000-0000-0000-000000000000"
    table = dependencies.table_of(environment, component.component_type)
    row = environment.store.get(table, component.object_id, Layer.DRAFT) if table else None
    if row is None:
        return nothing, None
    parent = environment.catalog.by_name.get(str(row.get("objecttypecode") or ""))
    solution = row.get("solutionid")
    return (parent.metadata_id if parent else nothing), str(solution) if solution else None


def _function(name: str, handler: Handler, parameters: frozenset[str]) -> Operation:
    return Operation(name, handler, parameters, is_function=True, context="dependencies")


OPERATIONS = (
    _function("RetrieveDependentComponents", _dependents, COMPONENT),
    _function("RetrieveDependenciesForDelete", _dependents, COMPONENT),
    _function("RetrieveRequiredComponents", _required, COMPONENT),
    _function("RetrieveDependenciesForUninstall", _for_uninstall, SOLUTION),
    _function("RetrieveMissingDependencies", _missing, SOLUTION),
    Operation(
        "RetrieveMissingComponents",
        _missing_components,
        frozenset({"CustomizationFile"}),
        is_function=True,
    ),
)
