"""What an import makes of the classic ribbons in a package."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.metadata import Row
from d365pop.emulator.ribbons import SECTIONS, Section, nodes_of
from d365pop.emulator.store import Layer
from d365pop.emulator.writing import new_row
from d365pop.emulator.xmltext import text_of


@dataclass(frozen=True, slots=True)
class Owner:
    """For whom nodes are written: the solution's layer, or the unmanaged one."""

    environment: Environment
    caller: Caller
    solution_id: str
    managed: bool

    def of(self, row: Row) -> bool:
        """Whether a row lies where this owner writes."""
        if not self.managed:
            return not row["ismanaged"]
        return bool(row["ismanaged"]) and row["solutionid"] == self.solution_id


def put_ribbons(owner: Owner, customizations: ET.Element) -> dict[str, list[str]]:
    """Write the ribbons of a package; return the rows' ids by their table's name.

    An unmanaged section replaces what is unmanaged of the table there; an empty one says nothing.
    Seen by others, and documented nowhere.
    """
    written: dict[str, list[str]] = {}
    for entity in customizations.findall("Entities/Entity"):
        name = text_of(entity, "Name").lower()
        for section in SECTIONS:
            path = f"RibbonDiffXml/{section.name}/*"
            nodes = {node.get("Id", ""): node for node in entity.findall(path)}
            if nodes:
                ids = _put_section(owner, section, name, nodes)
                written.setdefault(section.table, []).extend(ids)
    return written


def _put_section(
    owner: Owner, section: Section, entity: str, nodes: dict[str, ET.Element]
) -> list[str]:
    environment, table = owner.environment, owner.environment.table(section.table)
    there = {
        str(row[section.key]): str(row[table.primary_id])
        for row in nodes_of(environment, section, entity, Layer.DRAFT)
        if owner.of(row)
    }
    if not owner.managed:
        for key in there.keys() - nodes.keys():
            environment.store.delete(table, there[key])
    found = []
    for key, node in nodes.items():
        names: Row = {section.key: key, "entity": entity}
        found.append(_put_node(owner, section, there.get(key, ""), names, node))
    return found


def _put_node(owner: Owner, section: Section, row_id: str, names: Row, node: ET.Element) -> str:
    environment, table = owner.environment, owner.environment.table(section.table)
    node.tail = None
    values: Row = {**names, section.xml: ET.tostring(node, encoding="unicode")}
    if section.kind is not None:
        values["difftype"] = section.kind
    if row_id:
        environment.store.update(table, row_id, values)
        return row_id
    row_id = environment.new_id()
    own: Row = {
        table.primary_id: row_id,
        "ismanaged": int(owner.managed),
        "solutionid": owner.solution_id,
    }
    environment.store.insert_draft(table, new_row(environment, owner.caller, table) | values | own)
    return row_id
