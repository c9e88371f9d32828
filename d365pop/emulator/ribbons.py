"""Classic ribbons: where their nodes lie, which script they call, and the XML of an export."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from d365pop.emulator.environment import Environment
from d365pop.emulator.metadata import Row, Table
from d365pop.emulator.store import Layer, Selection

_DIRECTIVE = re.compile(r'"\$webresource:([^"]*)"')
RULES = ("TabDisplayRules", "DisplayRules", "EnableRules")


@dataclass(frozen=True, slots=True)
class Section:
    """A section of ``RibbonDiffXml`` and the table that its nodes lie in."""

    name: str
    table: str
    key: str
    xml: str
    kind: int | None = None
    """``difftype``. ASSUMED: the numbers."""


SECTIONS = (
    Section("CustomActions", "ribbondiff", "diffid", "rdx", 0),
    Section("CommandDefinitions", "ribboncommand", "command", "commanddefinition"),
    Section("LocLabels", "ribbondiff", "diffid", "rdx", 3),
)
"""ASSUMED: rules are not kept here."""


def forget_ribbons(environment: Environment, solution_id: str) -> None:
    """Delete what a managed solution brought to ribbons."""
    for table, row_id in [*managed_nodes(environment, solution_id)]:
        environment.store.delete(table, row_id)


def managed_nodes(environment: Environment, solution_id: str) -> Iterator[tuple[Table, str]]:
    """Yield table and id of each node that a managed solution brought."""
    for name in dict.fromkeys(section.table for section in SECTIONS):
        table = environment.table(name)
        for row in environment.store.find(table, "solutionid", solution_id, Layer.DRAFT):
            if row["ismanaged"]:
                yield table, str(row[table.primary_id])


def unmanaged_ribbon(environment: Environment, entity: str) -> ET.Element | None:
    """Return what is unmanaged and published of a table's ribbon; None where nothing is."""
    root = ET.Element("RibbonDiffXml")
    found = 0
    for section in SECTIONS:
        container = ET.SubElement(root, section.name)
        for row in nodes_of(environment, section, entity, Layer.PUBLISHED):
            if not row["ismanaged"]:
                container.append(ET.fromstring(str(row[section.xml])))
                found += 1
        if section.name == "CustomActions":
            templates = ET.SubElement(root, "Templates")
            ET.SubElement(templates, "RibbonTemplates", {"Id": "Mscrm.Templates"})
        if section.name == "CommandDefinitions":
            rules = ET.SubElement(root, "RuleDefinitions")
            for name in RULES:
                ET.SubElement(rules, name)
    return root if found else None


def web_resources_named(environment: Environment) -> set[tuple[int, str, str]]:
    """Return type and id of each node, published or in its draft, and a web resource it names.

    Names are in lower case.
    """
    found: set[tuple[int, str, str]] = set()
    for table, column in dict.fromkeys((each.table, each.xml) for each in SECTIONS):
        described = environment.table(table)
        for layer in Layer:
            for row in environment.store.select(described, Selection(), layer):
                node = described.component_type, str(row[described.primary_id])
                named = _DIRECTIVE.findall(str(row[column]).lower())
                found |= {(*node, name) for name in named}
    return found


def nodes_of(environment: Environment, section: Section, entity: str, layer: Layer) -> list[Row]:
    """Return the rows of a section of a table's ribbon, whoever brought them."""
    rows = environment.store.find(environment.table(section.table), "entity", entity, layer)
    own = [row for row in rows if section.kind is None or row["difftype"] == section.kind]
    return sorted(own, key=lambda row: str(row[section.key]))
