"""The rows of ``msdyn_componentlayers`` and ``msdyn_solutioncomponentsummaries``, when asked."""

import json
from collections.abc import Iterator

from d365pop.emulator.environment import Environment
from d365pop.emulator.layering.stack import LAYERED, stack_of, top_of
from d365pop.emulator.metadata import Row, SqlValue, Table
from d365pop.emulator.store import Layer, Selection

COMPONENT_NAMES = {
    "webresource": "WebResource",
    "systemform": "SystemForm",
    "savedquery": "SavedQuery",
    "appmodule": "AppModule",
    "environmentvariabledefinition": "EnvironmentVariableDefinition",
}
ACTIVE = "Active"


def layers_of(environment: Environment, component_id: str, component_name: str) -> list[Row]:
    """Return the layers of a component, the highest first, as the platform tells of them."""
    for name, label in COMPONENT_NAMES.items():
        table = environment.table(name)
        row = environment.store.get(table, component_id, Layer.DRAFT)
        if label.lower() == component_name.lower() and row is not None:
            return list(_layers(environment, table, row))[::-1]
    return []


def _layers(environment: Environment, table: Table, row: Row) -> Iterator[Row]:
    columns = LAYERED[table.logical_name]
    row_id, before = str(row[table.primary_id]), Row()
    stack = stack_of(environment, table, row_id)
    if not stack and row["ismanaged"]:
        values = {name: row[name] for name in columns}
        yield _answer(environment, table, row, 1, str(row["solutionid"]), values, values)
    for order, layer in enumerate(stack, 1):
        changes = {k: v for k, v in layer.values.items() if before.get(k) != v}
        solution_id, values = layer.solution_id, before | layer.values
        yield _answer(environment, table, row, order, solution_id, values, changes)
        before = values
    if not row["ismanaged"] or row["activelayer"] or environment.phantom_layers:
        below = top_of(stack) or (Row() if not row["ismanaged"] else row)
        values = {name: row[name] for name in columns}
        changes = {k: v for k, v in values.items() if below.get(k) != v}
        order = max(len(stack), int(bool(row["ismanaged"]))) + 1
        yield _answer(environment, table, row, order, ACTIVE, values, changes)


def _answer(  # noqa: PLR0913, PLR0917 - a layer is told with all of these
    environment: Environment,
    table: Table,
    row: Row,
    order: int,
    solution_id: str,
    values: Row,
    changes: Row,
) -> Row:
    solution, publisher = _names(environment, solution_id)
    row_id = str(row[table.primary_id])
    return {
        "msdyn_componentlayerid": environment.new_id(),
        "msdyn_name": row[table.primary_name],
        "msdyn_componentid": row_id,
        "msdyn_solutioncomponentname": COMPONENT_NAMES[table.logical_name],
        "msdyn_solutionname": solution,
        "msdyn_publishername": publisher,
        "msdyn_order": order,
        "msdyn_overwritetime": row["modifiedon"] if solution == ACTIVE else row["overwritetime"],
        "msdyn_changes": _attributes(table, row_id, changes),
        "msdyn_componentjson": _attributes(table, row_id, values),
    }


def _names(environment: Environment, solution_id: str) -> tuple[str, str]:
    solutions = environment.table("solution")
    solution = (
        environment.store.find_one(solutions, "uniquename", ACTIVE)
        if solution_id == ACTIVE
        else environment.store.get(solutions, solution_id)
    )
    if solution is None:
        return solution_id, ""
    publisher = environment.store.get(environment.table("publisher"), str(solution["publisherid"]))
    return str(solution["uniquename"]), str(publisher["friendlyname"]) if publisher else ""


def _attributes(table: Table, row_id: str, values: Row) -> str:
    """Return values as the platform's own JSON has them."""
    pairs: list[dict[str, SqlValue]] = [{"Key": k, "Value": v} for k, v in values.items()]
    return json.dumps({"LogicalName": table.logical_name, "Id": row_id, "Attributes": pairs})


def summaries_of(environment: Environment, solution_id: str, component_type: int) -> list[Row]:
    """Return what a solution holds, with whether edits lie over it."""
    held = environment.table("solutioncomponent")
    where, parameters = 't."solutionid" = ?', (solution_id,)
    rows = environment.store.select(held, Selection(where, parameters))
    by_type = {t.component_type: t for t in environment.catalog.tables if t.component_type}
    found: list[Row] = []
    for row in rows:
        kind, object_id = int(row["componenttype"] or 0), str(row["objectid"])
        if component_type not in {0, kind}:
            continue
        table = by_type.get(kind)
        target = environment.store.get(table, object_id, Layer.DRAFT) if table else None
        name = target[table.primary_name] if table and target else row["componentname"]
        managed = bool(target and target["ismanaged"])
        active = managed and bool(target and target["activelayer"])
        found.append(
            {
                "msdyn_solutioncomponentsummaryid": environment.new_id(),
                "msdyn_objectid": object_id,
                "msdyn_componenttype": kind,
                "msdyn_solutionid": solution_id,
                "msdyn_name": name,
                "msdyn_displayname": name,
                "msdyn_schemaname": name,
                "msdyn_componentlogicalname": table.logical_name if table else None,
                "msdyn_ismanaged": int(managed),
                "msdyn_hasactivecustomization": int(
                    active or (managed and environment.phantom_layers)
                ),
                "msdyn_iscustomizable": 1,
            }
        )
    return found
