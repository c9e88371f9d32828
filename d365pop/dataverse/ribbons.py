"""Nodes of classic ribbons, which Dataverse keeps as rows: reads them, and deletes unmanaged ones.

The rows of ``ribbondiff`` hold ``CustomAction`` and ``LocLabel``, those of ``ribboncommand``
``CommandDefinition``. They are written by imports alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from d365pop.dataverse import odata
from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.reading import flag, optional_text, text
from d365pop.ribbons import RemoteRibbonNode, RibbonKind, RibbonSearch
from d365pop.solution.ribbons import parsed_node


@dataclass(frozen=True, slots=True)
class _Table:
    entity_set_name: str
    row_id: str
    node_id: str
    xml: str


_DIFFERENCES: Final = _Table("ribbondiffs", "ribbondiffid", "diffid", "rdx")
_COMMANDS: Final = _Table("ribboncommands", "ribboncommandid", "command", "commanddefinition")
_PLACES: Final[Mapping[RibbonKind, _Table]] = {
    RibbonKind.ACTION: _DIFFERENCES,
    RibbonKind.LABEL: _DIFFERENCES,
    RibbonKind.COMMAND: _COMMANDS,
}


def retrieve_ribbons(dv: Dataverse, search: RibbonSearch) -> tuple[RemoteRibbonNode, ...]:
    """Return our nodes on any table, and unmanaged ones of others on the tables that are named."""
    return tuple(
        sorted(
            (node for place in (_DIFFERENCES, _COMMANDS) for node in _nodes(dv, place, search)),
            key=lambda found: (found.table, found.node, found.managed),
        )
    )


def delete_ribbon_node(dv: Dataverse, there: RemoteRibbonNode) -> None:
    """Delete an unmanaged node; one that is gone already is no error."""
    path = odata.entity(_PLACES[there.node.kind].entity_set_name, there.row_id)
    dv.delete(f"delete {there.node.node_id} from the ribbon of {there.table}", path)


def _nodes(dv: Dataverse, place: _Table, search: RibbonSearch) -> Iterator[RemoteRibbonNode]:
    condition = f"startswith({place.node_id},{odata.quote(search.prefix)})"
    if search.tables:
        others = odata.in_filter("entity", search.tables)
        condition += f" or (ismanaged eq false and {others})"
    path = odata.query(
        place.entity_set_name,
        {
            "$select": f"{place.row_id},{place.node_id},{place.xml},entity,ismanaged",
            "$filter": condition,
        },
    )
    for row in dv.rows("list the buttons of ribbons", path):
        xml = optional_text(row, place.xml)
        node = parsed_node(_kind(place, xml), text(row, place.node_id), xml)
        yield RemoteRibbonNode(
            # The application's own ribbon has no table.
            table=optional_text(row, "entity"),
            node=node,
            row_id=text(row, place.row_id),
            managed=flag(row, "ismanaged"),
        )


def _kind(place: _Table, xml: str) -> RibbonKind:
    """Return what the row is: its element says so, whatever ``difftype`` is."""
    if place is _COMMANDS:
        return RibbonKind.COMMAND
    label = xml.lstrip().startswith(f"<{RibbonKind.LABEL}")
    return RibbonKind.LABEL if label else RibbonKind.ACTION
