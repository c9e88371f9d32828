"""Tables whose rows are made when they are asked for, from what their filter names."""

from collections.abc import Callable, Mapping
from typing import TypeAlias
from uuid import uuid5

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import bad_request
from d365pop.emulator.layering.answers import layers_of, summaries_of
from d365pop.emulator.metadata import METADATA_NAMESPACE, Kind, Row, SqlValue, Table
from d365pop.emulator.numerals import natural_or
from d365pop.emulator.odata.ast import Comparison, Expression, Literal, Logical, Path
from d365pop.emulator.odata.filter import parse_filter
from d365pop.emulator.security.privileges import all_privileges, privilege_id
from d365pop.emulator.store import Layer, Selection

COMPONENT_KINDS = {
    1: "entity",
    2: "attribute",
    9: "optionset",
    10: "relationship",
    20: "role",
    26: "savedquery",
    29: "workflow",
    59: "savedqueryvisualization",
    60: "systemform",
    61: "webresource",
    62: "sitemap",
    66: "customcontrol",
    80: "appmodule",
    91: "pluginassembly",
    92: "sdkmessageprocessingstep",
    300: "canvasapp",
    380: "environmentvariabledefinition",
    381: "environmentvariablevalue",
    10240: "appaction",
}
MESSAGES: Mapping[str, str] = {
    **dict.fromkeys(("Retrieve", "RetrieveMultiple"), ""),
    **dict.fromkeys(("Create", "CreateMultiple", "Upsert", "UpsertMultiple"), "POST"),
    **dict.fromkeys(("Update", "UpdateMultiple"), "PATCH"),
    "Delete": "DELETE",
}
"""What may happen to rows, with the method that their table must take for it."""
Named = Mapping[str, SqlValue]


def refresh(environment: Environment, table: Table, filter_text: str) -> None:
    """Put the rows that a filter asks for into a virtual table; leave any other as it is.

    Raises:
        Fault: the filter lacks what the platform demands, or compares a yes/no column.
    """
    make = MAKERS.get(table.logical_name)
    if make is None:
        return
    named = dict(_equalities(table, parse_filter(filter_text))) if filter_text else {}
    for target in {t for column in table.columns.values() for t in column.navigations.values()}:
        refresh(environment, environment.table(target), "")
    rows = make(environment, named)
    for row in environment.store.select(table, Selection(), Layer.DRAFT):
        environment.store.delete(table, str(row[table.primary_id]))
    for row in rows:
        environment.store.insert(table, row)


def refresh_for_one(environment: Environment, table: Table) -> None:
    """Let one row be found that nobody listed before; rows made for a filter stay as they are."""
    if table.logical_name in ALWAYS_THE_SAME:
        refresh(environment, table, "")


def _equalities(table: Table, expression: Expression) -> list[tuple[str, SqlValue]]:
    match expression:
        case Logical("and", left, right):
            return [*_equalities(table, left), *_equalities(table, right)]
        case Comparison(operator, Path((name,)), Literal(value, _)):
            column = table.columns.get(name)
            if column is not None and column.kind is Kind.BOOLEAN:
                # ASSUMED: the text; that it is refused was seen.
                raise bad_request(f"The column '{name}' of a virtual table cannot be filtered by.")
            return [(name, value)] if operator == "eq" else []
        case _:
            return []


def _layers(environment: Environment, named: Named) -> list[Row]:
    component_id = named.get("msdyn_componentid")
    name = named.get("msdyn_solutioncomponentname")
    if not component_id or not name:
        # ASSUMED: the text; that both are needed was seen.
        raise bad_request(
            "msdyn_componentlayer needs a filter by msdyn_componentid and by "
            "msdyn_solutioncomponentname."
        )
    return layers_of(environment, str(component_id).strip("{}").lower(), str(name))


def _summaries(environment: Environment, named: Named) -> list[Row]:
    solution_id = str(named.get("msdyn_solutionid") or "").strip("{}").lower()
    # What is no number is refused by the filter itself, a moment later.
    component_type = natural_or(str(named.get("msdyn_componenttype") or ""), 0)
    return summaries_of(environment, solution_id, component_type)


def _privileges(environment: Environment, named: Named) -> list[Row]:
    del named
    return [
        {
            "privilegeid": privilege_id(name),
            "name": name,
            "accessright": right,
            **{f"canbe{depth}": 1 for depth in ("basic", "local", "deep", "global")},
        }
        for name, right in all_privileges(environment.catalog).items()
    ]


def _definitions(environment: Environment, named: Named) -> list[Row]:
    del named
    known = environment.catalog.by_name
    return [
        {
            "solutioncomponentdefinitionid": str(uuid5(METADATA_NAMESPACE, f"kind {number}")),
            "name": name,
            "primaryentityname": name,
            "solutioncomponenttype": number,
            "objecttypecode": known[name].object_type_code if name in known else 0,
            "isviewable": 1,
        }
        for number, name in COMPONENT_KINDS.items()
    ]


def _entities(environment: Environment, named: Named) -> list[Row]:
    del named
    return [
        {
            "entityid": table.metadata_id,
            "name": table.logical_name,
            "logicalname": table.logical_name,
            "entitysetname": table.entity_set_name,
        }
        for table in environment.catalog.tables
    ]


def _messages(environment: Environment, named: Named) -> list[Row]:
    del environment, named
    return [{"sdkmessageid": _message_id(name), "name": name, "isactive": 1} for name in MESSAGES]


def _message_filters(environment: Environment, named: Named) -> list[Row]:
    """Return which table knows which message."""
    del named
    return [
        {
            "sdkmessagefilterid": _message_id(f"{name} {table.logical_name}"),
            "primaryobjecttypecode": table.logical_name,
            "secondaryobjecttypecode": "none",
            "isvisible": 1,
            "sdkmessageid": _message_id(name),
            "sdkmessageid__type": "sdkmessage",
        }
        for table in environment.catalog.tables
        for name, method in MESSAGES.items()
        if not method or method in table.writes
    ]


def _message_id(name: str) -> str:
    return str(uuid5(METADATA_NAMESPACE, f"message {name}"))


Maker: TypeAlias = Callable[[Environment, Named], list[Row]]
ALWAYS_THE_SAME: Mapping[str, Maker] = {
    "entity": _entities,
    "privilege": _privileges,
    "sdkmessage": _messages,
    "sdkmessagefilter": _message_filters,
    "solutioncomponentdefinition": _definitions,
}
"""What no filter decides about."""
MAKERS: Mapping[str, Maker] = {
    "msdyn_componentlayer": _layers,
    "msdyn_solutioncomponentsummary": _summaries,
    **ALWAYS_THE_SAME,
}
