"""Which solution holds which component; knows neither packages nor HTTP."""

from http import HTTPStatus
from uuid import UUID, uuid5

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import NOT_FOUND, Fault
from d365pop.emulator.metadata import Row, SqlValue
from d365pop.emulator.store import Layer, Selection

COMPONENT_NAMESPACE = UUID("5b8d9d2a-6a0f-5f1e-8f43-d365c0390e47")


def solution_named(environment: Environment, unique_name: str) -> Row:
    """Return an installed solution.

    Raises:
        Fault: there is none of that name.
    """
    table = environment.table("solution")
    found = environment.store.find(table, "uniquename", unique_name, Layer.PUBLISHED)
    if not found:
        raise Fault(
            HTTPStatus.NOT_FOUND,
            NOT_FOUND,
            f"The solution with unique name '{unique_name}' does not exist.",
        )
    return found[0]


def patches_of(environment: Environment, solution: Row) -> list[Row]:
    """Return the patches of a solution, oldest version first."""
    table = environment.table("solution")
    where, parameters = 't."parentsolutionid" = ?', (solution["solutionid"],)
    return environment.store.select(table, Selection(where, parameters, 't."version"'))


def named_component_id(component_type: int, name: str) -> str:
    """Return the id of a component that is known by name only: same name, same id."""
    return str(uuid5(COMPONENT_NAMESPACE, f"{component_type}:{name.lower()}"))


def add_component(
    environment: Environment,
    solution: Row,
    object_id: str,
    component_type: int,
    *,
    name: str = "",
    behavior: int = 0,
) -> str:
    """Put a component into a solution, once; return the id of its row there."""
    table = environment.table("solutioncomponent")
    where = 't."solutionid" = ? AND t."objectid" = ? AND t."componenttype" = ?'
    parameters = (solution["solutionid"], object_id.lower(), component_type)
    found = environment.store.select(table, Selection(where, parameters))
    if found:
        return str(found[0]["solutioncomponentid"])
    now = environment.timestamp()
    row: Row = {
        "solutioncomponentid": environment.new_id(),
        "solutionid": solution["solutionid"],
        "solutionid__type": "solution",
        "objectid": object_id.lower(),
        "componenttype": component_type,
        "rootcomponentbehavior": behavior,
        "ismetadata": 0,
        "componentname": name,
        "createdon": now,
        "modifiedon": now,
    }
    environment.store.insert(table, row)
    return str(row["solutioncomponentid"])


def remove_component(
    environment: Environment, solution: Row, object_id: str, component_type: int
) -> bool:
    """Take a component out of a solution; tell whether it was in."""
    table = environment.table("solutioncomponent")
    where = 't."solutionid" = ? AND t."objectid" = ? AND t."componenttype" = ?'
    parameters = (solution["solutionid"], object_id.lower(), component_type)
    found = environment.store.select(table, Selection(where, parameters))
    for row in found:
        environment.store.delete(table, str(row["solutioncomponentid"]))
    return bool(found)


def known_component(
    environment: Environment, component_type: int, column: str, value: SqlValue
) -> bool:
    """Whether any solution holds a component with this name or id."""
    table = environment.table("solutioncomponent")
    where = f't."componenttype" = ? AND t."{column}" = ? COLLATE NOCASE'
    return environment.store.count(table, Selection(where, (component_type, value))) > 0
