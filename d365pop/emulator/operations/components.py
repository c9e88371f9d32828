"""AddSolutionComponent, RemoveSolutionComponent, RemoveActiveCustomizations."""

from d365pop.emulator.component_types import TABLE
from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import (
    INVALID_ARGUMENT,
    bad_request,
    does_not_exist,
    not_implemented,
)
from d365pop.emulator.layering.answers import COMPONENT_NAMES
from d365pop.emulator.layering.stack import stack_of, top_of
from d365pop.emulator.operations.base import Call, Operation
from d365pop.emulator.patches import check_removal, check_unlocked
from d365pop.emulator.protocol import JsonObject
from d365pop.emulator.solutions import (
    add_component,
    known_component,
    remove_component,
    solution_named,
)
from d365pop.emulator.store import Layer
from d365pop.emulator.writing import existing_row

ADD_PARAMETERS = frozenset(
    {
        "ComponentId",
        "ComponentType",
        "SolutionUniqueName",
        "AddRequiredComponents",
        "DoNotIncludeSubcomponents",
        "IncludedComponentSettingsValues",
    }
)
REMOVE_PARAMETERS = frozenset({"SolutionComponent", "ComponentType", "SolutionUniqueName"})
ACTIVE_PARAMETERS = frozenset({"ComponentId", "SolutionComponentName"})


def _add(call: Call) -> JsonObject:
    environment = call.environment
    component_id = call.text("ComponentId").strip("{}").lower()
    component_type = call.number("ComponentType")
    solution = solution_named(environment, call.text("SolutionUniqueName"))
    call.flag("AddRequiredComponents")
    check_unlocked(environment, solution)
    behavior = int(call.flag("DoNotIncludeSubcomponents", default=False))
    _demand_component(environment, component_id, component_type)
    with environment.store.transaction():
        row_id = add_component(
            environment, solution, component_id, component_type, behavior=behavior
        )
    return {"id": row_id}


def _remove(call: Call) -> JsonObject:
    environment = call.environment
    component = call.parameters.get("SolutionComponent")
    given = component.get("solutioncomponentid") if isinstance(component, dict) else None
    if not isinstance(given, str):
        raise bad_request("Required field 'SolutionComponent' is missing", INVALID_ARGUMENT)
    solution = solution_named(environment, call.text("SolutionUniqueName"))
    check_unlocked(environment, solution)
    check_removal(solution)
    # The platform's own parameter holds the id of the component, under that name.
    object_id, component_type = given.strip("{}").lower(), call.number("ComponentType")
    with environment.store.transaction():
        if not remove_component(environment, solution, object_id, component_type):
            raise does_not_exist("solutioncomponent", object_id)
    return {"id": object_id}


def _demand_component(environment: Environment, component_id: str, component_type: int) -> None:
    if component_type == TABLE:
        if any(table.metadata_id == component_id for table in environment.catalog.tables):
            return
    else:
        for table in environment.catalog.tables:
            if table.component_type == component_type and environment.store.get(
                table, component_id, Layer.DRAFT
            ):
                return
    if not known_component(environment, component_type, "objectid", component_id):
        raise bad_request(
            f"Component of type {component_type} with Id = {component_id} Does Not Exist",
            "0x80040217",
        )


def _remove_active(call: Call) -> None:
    """Let what managed solutions brought show again, at once for everybody.

    Raises:
        Fault: there is no such component, or nothing lies below its edits.
    """
    environment = call.environment
    component_id = call.text("ComponentId").strip("{}").lower()
    label = call.text("SolutionComponentName").lower()
    name = next((n for n, told in COMPONENT_NAMES.items() if told.lower() == label), "")
    if not name:
        raise not_implemented(f"Removing the unmanaged layer of '{label}'")
    table = environment.table(name)
    with environment.store.transaction():
        row = existing_row(environment, table, component_id)
        if not row["ismanaged"]:
            raise bad_request(
                "The component is not managed: without its unmanaged layer nothing is left.",
                INVALID_ARGUMENT,
            )
        wanted = top_of(stack_of(environment, table, component_id))
        if wanted is not None and row["activelayer"]:
            environment.store.update(table, component_id, wanted | {"activelayer": 0})
            if table.publishable:
                environment.store.publish(table, [component_id], environment.timestamp())


OPERATIONS = (
    Operation("AddSolutionComponent", _add, ADD_PARAMETERS),
    Operation("RemoveSolutionComponent", _remove, REMOVE_PARAMETERS),
    Operation("RemoveActiveCustomizations", _remove_active, ACTIVE_PARAMETERS),
)
