"""The layers of a component: what managed solutions brought, lowest first, and edits above."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from d365pop.emulator.environment import Environment
from d365pop.emulator.layering.form_changes import changes_between, merged, without_marks
from d365pop.emulator.metadata import Row, Table
from d365pop.emulator.store import Layer, Selection

LAYERED = {
    "webresource": (
        *("name", "displayname", "description", "webresourcetype", "dependencyxml", "content"),
        *("introducedversion", "iscustomizable"),
    ),
    "systemform": (
        *("name", "description", "objecttypecode", "type", "formactivationstate"),
        *("formpresentation", "iscustomizable", "formxml"),
    ),
    "savedquery": (
        *("name", "description", "fetchxml", "layoutxml", "querytype", "returnedtypecode"),
        *("isdefault", "isquickfindquery", "isprivate", "iscustomizable"),
    ),
    "appmodule": (
        *("name", "uniquename", "description", "webresourceid", "clienttype", "formfactor"),
        *("navigationtype", "iscustomizable"),
    ),
    "environmentvariabledefinition": (
        *("schemaname", "displayname", "description", "type", "defaultvalue", "isrequired"),
        *("apiid", "parameterkey"),
    ),
}
FORM_XML = "formxml"


@dataclass(frozen=True, slots=True)
class ManagedLayer:
    """What one managed solution brought of one component."""

    layer_id: str
    solution_id: str
    position: int
    is_diff: bool
    values: Row


def stack_of(environment: Environment, table: Table, row_id: str) -> list[ManagedLayer]:
    """Return the managed layers of a component, lowest first."""
    where = 't."componenttype" = ? AND t."objectid" = ?'
    selection = Selection(where, (table.component_type, row_id), 't."position"')
    rows = environment.store.select(environment.table("d365pop_layer"), selection)
    return [_layer(row) for row in rows]


def _layer(row: Row) -> ManagedLayer:
    return ManagedLayer(
        str(row["d365pop_layerid"]),
        str(row["solutionid"]),
        int(row["position"] or 0),
        bool(row["isdiff"]),
        json.loads(str(row["layervalues"])),
    )


def top_of(stack: list[ManagedLayer]) -> Row | None:
    """Return what all layers make together, None where there is nothing to lie on."""
    values: Row = {}
    for layer in stack:
        if not layer.is_diff:
            values |= layer.values
        elif FORM_XML in values:
            # What a form's solution says of the form as a whole stays what the lowest layer says.
            values[FORM_XML] = merged(str(values[FORM_XML]), str(layer.values[FORM_XML]))
    return values or None


def put_layer(
    environment: Environment,
    table: Table,
    row_id: str,
    solution_id: str,
    values: Row,
    *,
    is_diff: bool = False,
) -> None:
    """Put what a solution brings on top, or in the place of what it brought before."""
    stack = stack_of(environment, table, row_id)
    own = next((layer for layer in stack if layer.solution_id == solution_id), None)
    content: Row = {
        "layervalues": json.dumps(values),
        "isdiff": int(is_diff),
        "overwritetime": environment.timestamp(),
    }
    layers = environment.table("d365pop_layer")
    if own is not None:
        environment.store.update(layers, own.layer_id, content)
        return
    place: Row = {
        "d365pop_layerid": environment.new_id(),
        "componenttype": table.component_type,
        "objectid": row_id,
        "solutionid": solution_id,
        "position": stack[-1].position + 1 if stack else 1,
    }
    environment.store.insert(layers, place | content)


def remember_base(environment: Environment, table: Table, row: Row) -> None:
    """Keep what the platform itself brought before something first lies over it."""
    columns = LAYERED.get(table.logical_name)
    row_id = str(row[table.primary_id])
    if not columns or not row["ismanaged"] or stack_of(environment, table, row_id):
        return
    put_layer(environment, table, row_id, str(row["solutionid"]), {c: row[c] for c in columns})


def settle(
    environment: Environment, table: Table, row_id: str, before: Row | None, *, overwrite: bool
) -> bool:
    """Make a component what its layers say; return whether it now shows the managed state.

    Edits stay above, as one piece for a web resource and merged for a form. ``before`` is what
    the managed layers made together so far.
    """
    row = environment.store.get(table, row_id, Layer.DRAFT)
    wanted = top_of(stack_of(environment, table, row_id))
    if row is None or wanted is None:
        return False
    edited = bool(row["activelayer"]) or not row["ismanaged"]
    if table.logical_name == "systemform" and edited and before is not None:
        _merge_edits(environment, table, row_id, str(before[FORM_XML]), str(wanted[FORM_XML]))
        return False
    if edited and not overwrite:
        return False
    if FORM_XML in wanted:
        wanted[FORM_XML] = without_marks(str(wanted[FORM_XML]))
    environment.store.update(table, row_id, wanted | {"activelayer": 0, "ismanaged": 1})
    return True


def _merge_edits(
    environment: Environment, table: Table, row_id: str, before: str, wanted: str
) -> None:
    """Carry the edits of a form, published and not, over to what lies below them now."""
    for layer in Layer:
        row = environment.store.get(table, row_id, layer)
        if row is not None:
            edits = changes_between(before, str(row[FORM_XML]))
            text = without_marks(merged(wanted, edits))
            environment.store.rewrite(table, layer, row_id, {FORM_XML: text, "ismanaged": 1})


def components_of(environment: Environment, solution_id: str) -> Iterator[tuple[Table, str]]:
    """Yield the components that a managed solution has a layer of."""
    by_type = {t.component_type: t for t in environment.catalog.tables if t.component_type}
    layers = environment.table("d365pop_layer")
    for row in environment.store.select(layers, Selection('t."solutionid" = ?', (solution_id,))):
        yield by_type[int(row["componenttype"] or 0)], str(row["objectid"])


def drop_layer(environment: Environment, table: Table, row_id: str, solution_id: str) -> bool:
    """Take a solution's layer away; return whether the component goes with its last one."""
    stack = stack_of(environment, table, row_id)
    before = top_of(stack)
    for layer in stack:
        if layer.solution_id == solution_id:
            environment.store.delete(environment.table("d365pop_layer"), layer.layer_id)
    row = environment.store.get(table, row_id, Layer.DRAFT)
    if row is None:
        return False
    if top_of(stack_of(environment, table, row_id)) is None:
        return bool(row["ismanaged"])
    if settle(environment, table, row_id, before, overwrite=False) and table.publishable:
        environment.store.publish(table, [row_id], environment.timestamp())
    return False
