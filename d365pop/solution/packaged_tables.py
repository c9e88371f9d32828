"""Tables in customizations.xml that carry forms or ribbons of ours, unchanged themselves."""

from collections.abc import Sequence
from typing import Final

from lxml import etree

from d365pop.errors import BundleError
from d365pop.models import PackagedForm
from d365pop.ribbons import Ribbon
from d365pop.solution.ribbons import ribbon_element
from d365pop.solution.source_xml import fill, indent, package_bytes
from d365pop.solution.xml import parse_xml

_ENTITY_DEPTH: Final = 2


def with_tables(
    customizations: bytes,
    forms: Sequence[PackagedForm],
    ribbons: Sequence[Ribbon],
    *,
    managed: bool,
) -> bytes:
    """Return customizations.xml with ``forms`` and ``ribbons`` under their tables."""
    if not forms and not ribbons:
        return customizations
    root = parse_xml(customizations, "customizations.xml")
    container = root.find("Entities")
    if container is None:
        raise BundleError(
            "packaged-form-invalid",
            "customizations.xml cannot take tables: it has no Entities",
            hint="Install d365pop again.",
        )
    # A form's file knows how the table writes its own name, the configuration only the logical one.
    names = {ribbon.table: ribbon.table for ribbon in ribbons}
    names |= {form.table.lower(): form.table for form in forms}
    nodes = {ribbon.table: ribbon for ribbon in ribbons}
    entities = []
    for table, name in sorted(names.items()):
        own = sorted((f for f in forms if f.table == name), key=lambda form: form.form_id)
        entity = _entity(name, own, nodes.get(table), managed=managed)
        etree.indent(entity)
        indent(entity, _ENTITY_DEPTH)
        entities.append(entity)
    fill(container, entities, _ENTITY_DEPTH - 1)
    return package_bytes(root)


def table_behaviors(forms: Sequence[PackagedForm], ribbons: Sequence[Ribbon]) -> dict[str, str]:
    """Return the behavior of each table's root component, by logical name.

    ``rootcomponentbehavior`` in Microsoft's reference of the table solutioncomponent: 1 is without
    subcomponents, 2 is the shell alone. A ribbon belongs to the shell.
    """
    shells = {ribbon.table: "2" for ribbon in ribbons}
    return shells | {form.table.lower(): "1" for form in forms}


def _entity(
    table: str, forms: Sequence[PackagedForm], ribbon: Ribbon | None, *, managed: bool
) -> etree._Element:
    entity = etree.Element("Entity")
    name = etree.SubElement(entity, "Name", {"LocalizedName": table, "OriginalName": ""})
    name.text = table
    if not managed:
        # The table itself is carried for its parts, and not changed.
        info = etree.SubElement(entity, "EntityInfo")
        carried = etree.SubElement(info, "entity", {"Name": table, "unmodified": "1"})
        etree.SubElement(carried, "attributes")
    if forms:
        group = etree.SubElement(etree.SubElement(entity, "FormXml"), "forms", {"type": "main"})
        for form in forms:
            group.append(parse_xml(form.difference if managed else form.whole, form.form_id))
    if ribbon is None:
        etree.SubElement(entity, "RibbonDiffXml")
    else:
        entity.append(ribbon_element(ribbon.nodes))
    return entity
