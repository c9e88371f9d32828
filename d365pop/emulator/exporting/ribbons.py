"""The classic ribbons of an exported package: what is unmanaged of its tables."""

from xml.etree import ElementTree as ET

from d365pop.emulator.component_types import TABLE
from d365pop.emulator.exporting.sections import entity_element
from d365pop.emulator.exporting.source import ExportSource
from d365pop.emulator.ribbons import SECTIONS, unmanaged_ribbon

BEFORE = frozenset(
    {"Name", "ObjectTypeCode", "EntityInfo", "FormXml", "SavedQueries", "Visualizations"}
)


def write_ribbons(source: ExportSource) -> None:
    """Put the ribbons of the solution's tables, as they are published, into the customizations.

    ASSUMED: also of tables that it holds as shells; some say that their ribbons come out empty.
    """
    held, root = {*source.ids_of(TABLE)}, source.customizations
    for section in SECTIONS:
        for brought in root.findall(f"Entities/Entity/RibbonDiffXml/{section.name}"):
            brought.clear()
    for table in source.environment.catalog.tables:
        ribbon = unmanaged_ribbon(source.environment, table.logical_name)
        if table.metadata_id in held and ribbon is not None:
            _fill(_place(entity_element(root, table.logical_name)), ribbon)


def _place(entity: ET.Element) -> ET.Element:
    kept = entity.find("RibbonDiffXml")
    if kept is None:
        kept = ET.Element("RibbonDiffXml")
        entity.insert(sum(1 for child in entity if child.tag in BEFORE), kept)
    return kept


def _fill(kept: ET.Element, ribbon: ET.Element) -> None:
    """Put sections into what an import brought, whose rules stay: no row tells of them."""
    rules = kept.find("RuleDefinitions")
    for child in list(kept):
        kept.remove(child)
    kept.extend(rules if rules is not None and s.tag == rules.tag else s for s in ribbon)
