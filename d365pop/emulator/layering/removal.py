"""Takes a managed solution away: its layers, what only it brought, and its own rows."""

from d365pop.emulator import dependencies
from d365pop.emulator.customizing.catalog import forget_definitions
from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import Fault
from d365pop.emulator.form_references import refuse_where_used
from d365pop.emulator.layering.stack import components_of, drop_layer
from d365pop.emulator.metadata import Row, Table
from d365pop.emulator.ribbons import forget_ribbons
from d365pop.emulator.solutions import patches_of
from d365pop.emulator.store import Layer, Selection

DEPENDENCIES_EXIST = "0x8004F01D"


def check_uninstall(environment: Environment, solution: Row) -> None:
    """Refuse to uninstall what others need.

    Raises:
        Fault: with the platform's code and text.
    """
    if dependencies.against_uninstall(environment, solution):
        raise Fault(400, DEPENDENCIES_EXIST, "Solution dependencies exist, cannot uninstall.")


def remove_solution(environment: Environment, solution: Row) -> None:
    """Take a managed solution with everything that only it holds; what lies below comes up.

    Its patches go first. Its publisher stays. ASSUMED: so does the platform's.

    Raises:
        Fault: a form still uses a web resource that would go.
    """
    for patch in reversed(patches_of(environment, solution)):
        remove_solution(environment, patch)
    solution_id = str(solution["solutionid"])
    forget_ribbons(environment, solution_id)
    gone: list[Row] = []
    for table, row_id in list(components_of(environment, solution_id)):
        if drop_layer(environment, table, row_id, solution_id):
            gone += _delete_component(environment, table, row_id)
    for row in gone:
        refuse_where_used(environment, str(row["name"]), str(row["webresourceid"]))
    forget_definitions(environment, solution_id)
    forget_solution(environment, solution_id)


def forget_solution(environment: Environment, solution_id: str) -> None:
    """Delete a solution's own rows; its components stay as they are."""
    for name in ("solutioncomponent", "d365pop_source", "d365pop_layer"):
        table = environment.table(name)
        for row in environment.store.find(table, "solutionid", solution_id, Layer.DRAFT):
            environment.store.delete(table, str(row[table.primary_id]))
    environment.store.delete(environment.table("solution"), solution_id)


def _delete_component(environment: Environment, table: Table, row_id: str) -> list[Row]:
    """Delete a row and what hangs on it; return it where forms could use it."""
    row = environment.store.get(table, row_id, Layer.DRAFT)
    if row is None:
        return []
    if table.logical_name == "environmentvariabledefinition":
        values = environment.table("environmentvariablevalue")
        for value in environment.store.find(values, table.primary_id, row_id, Layer.DRAFT):
            environment.store.delete(values, str(value["environmentvariablevalueid"]))
    environment.store.delete(table, row_id)
    forget_component(environment, table, row_id)
    return [row] if table.logical_name == "webresource" else []


def forget_component(environment: Environment, table: Table, row_id: str) -> None:
    """Take a component that is gone out of every solution."""
    held = environment.table("solutioncomponent")
    where = 't."objectid" = ? AND t."componenttype" = ?'
    for row in environment.store.select(held, Selection(where, (row_id, table.component_type))):
        environment.store.delete(held, str(row["solutioncomponentid"]))
