"""The “Phone” command of the classic ribbon: a button on the lists of tables; pure.

Elements, attributes and locations: Microsoft's ribbon XML reference and "Ribbons available in
model-driven apps". Texts go through ``LocLabels``: people saw buttons with literal texts stored,
compiled, and never drawn.
"""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from d365pop.build.commands import TOOLTIP, listed_tables
from d365pop.build.names import FORM_SCRIPT, OPEN_PHONE_FUNCTION, PHONE_ICON, web_resource_name
from d365pop.ribbons import Ribbon, RibbonKind, RibbonNode, RibbonSearch
from d365pop.settings import Settings
from d365pop.solution.ribbons import ribbon_node

_BASE_LANGUAGE: Final = "1033"
_BEHIND_THE_PLATFORMS_OWN: Final = "1000"


def wanted_ribbons(settings: Settings) -> tuple[Ribbon, ...]:
    """Return a button for the list of each table whose forms start the softphone."""
    if settings.command is None or settings.command.phone != "classic":
        return ()
    label = settings.command.label
    return tuple(
        Ribbon(table, tuple(sorted(_nodes(settings, table, label))))
        for table in listed_tables(settings)
    )


def ribbon_search(settings: Settings) -> RibbonSearch | None:
    """Return how our buttons are found; without ``[command]`` nobody looks for them."""
    if settings.command is None:
        return None
    return RibbonSearch(_prefix(settings), tuple(listed_tables(settings)))


def _prefix(settings: Settings) -> str:
    return f"{settings.publisher.customization_prefix}.d365pop.phone."


def _nodes(settings: Settings, table: str, label: str) -> Iterator[RibbonNode]:
    own = _prefix(settings) + table
    button, command = f"{own}.Button", f"{own}.Command"
    action = etree.Element(
        RibbonKind.ACTION,
        {
            "Id": f"{own}.CustomAction",
            "Location": f"Mscrm.HomepageGrid.{table}.MainTab.Management.Controls._children",
            "Sequence": _BEHIND_THE_PLATFORMS_OWN,
        },
    )
    etree.SubElement(
        etree.SubElement(action, "CommandUIDefinition"),
        "Button",
        {
            "Id": button,
            "Command": command,
            "Sequence": _BEHIND_THE_PLATFORMS_OWN,
            "LabelText": f"$LocLabels:{button}.LabelText",
            "Alt": f"$LocLabels:{button}.LabelText",
            "ToolTipTitle": f"$LocLabels:{button}.LabelText",
            "ToolTipDescription": f"$LocLabels:{button}.ToolTipDescription",
            "TemplateAlias": "o1",
            "ModernImage": _web_resource(settings, PHONE_ICON),
        },
    )
    yield ribbon_node(RibbonKind.ACTION, action)
    yield ribbon_node(RibbonKind.COMMAND, _command(command, _web_resource(settings, FORM_SCRIPT)))
    for name, text in (("LabelText", label), ("ToolTipDescription", TOOLTIP)):
        yield ribbon_node(RibbonKind.LABEL, _label(f"{button}.{name}", text))


def _command(command: str, library: str) -> etree._Element:
    definition = etree.Element(RibbonKind.COMMAND, {"Id": command})
    etree.SubElement(definition, "EnableRules")
    etree.SubElement(definition, "DisplayRules")
    function = {"FunctionName": OPEN_PHONE_FUNCTION, "Library": library}
    etree.SubElement(etree.SubElement(definition, "Actions"), "JavaScriptFunction", function)
    return definition


def _label(name: str, text: str) -> etree._Element:
    label = etree.Element(RibbonKind.LABEL, {"Id": name})
    title = {"languagecode": _BASE_LANGUAGE, "description": text}
    etree.SubElement(etree.SubElement(label, "Titles"), "Title", title)
    return label


def _web_resource(settings: Settings, file: str) -> str:
    return f"$webresource:{web_resource_name(settings.publisher.customization_prefix, file)}"
