"""``RibbonDiffXml`` of tables, from nodes and back; pure.

Microsoft's RibbonCore.xsd says in which section a node stands, and in which order sections do.
"""

from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import canonicalize

from lxml import etree

from d365pop.ribbons import Ribbon, RibbonKind, RibbonNode
from d365pop.solution.xml import XmlInvalidError, parse_xml

_SECTIONS: Final = {
    RibbonKind.ACTION: "CustomActions",
    RibbonKind.COMMAND: "CommandDefinitions",
    RibbonKind.LABEL: "LocLabels",
}
_RULES: Final = ("TabDisplayRules", "DisplayRules", "EnableRules")


def ribbon_node(kind: RibbonKind, element: etree._Element) -> RibbonNode:
    """Return ``element`` as a node that compares equal however it was written."""
    written = etree.tostring(element, encoding="unicode", with_tail=False)
    text = canonicalize(written, strip_text=True)
    return RibbonNode(kind, element.get("Id", ""), text)


def parsed_node(kind: RibbonKind, node_id: str, xml: str) -> RibbonNode:
    """Return a node from the text that Dataverse keeps; what is no XML is kept as it is."""
    try:
        return ribbon_node(kind, parse_xml(xml.encode(), node_id))
    except XmlInvalidError:
        return RibbonNode(kind, node_id, xml)


def ribbon_element(nodes: Sequence[RibbonNode]) -> etree._Element:
    """Return the whole ``RibbonDiffXml``; sections without nodes are there and empty."""
    root = etree.Element("RibbonDiffXml")
    actions = etree.SubElement(root, _SECTIONS[RibbonKind.ACTION])
    templates = etree.SubElement(root, "Templates")
    etree.SubElement(templates, "RibbonTemplates", {"Id": "Mscrm.Templates"})
    commands = etree.SubElement(root, _SECTIONS[RibbonKind.COMMAND])
    rules = etree.SubElement(root, "RuleDefinitions")
    for name in _RULES:
        etree.SubElement(rules, name)
    labels = etree.SubElement(root, _SECTIONS[RibbonKind.LABEL])
    places = {
        RibbonKind.ACTION: actions,
        RibbonKind.COMMAND: commands,
        RibbonKind.LABEL: labels,
    }
    for node in nodes:
        places[node.kind].append(parse_xml(node.xml.encode(), node.node_id))
    return root


def ribbons_of(customizations: etree._Element) -> tuple[Ribbon, ...]:
    """Return the ribbons that a package brings, by table."""
    found = (
        Ribbon((entity.findtext("Name") or "").lower(), tuple(sorted(_nodes(ribbon))))
        for entity in customizations.iterfind("Entities/Entity")
        for ribbon in entity.iterfind("RibbonDiffXml")
    )
    return tuple(sorted((r for r in found if r.nodes), key=lambda ribbon: ribbon.table))


def _nodes(ribbon: etree._Element) -> list[RibbonNode]:
    return [
        ribbon_node(kind, element)
        for kind, section in _SECTIONS.items()
        for element in ribbon.iterfind(f"{section}/{kind}")
    ]
