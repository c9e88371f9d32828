"""The forms of an exported package: whole ones, and changes of what others brought."""

from xml.etree import ElementTree as ET

from d365pop.emulator.component_types import FORM
from d365pop.emulator.exporting.sections import child, entity_element, put_names
from d365pop.emulator.exporting.source import ExportSource
from d365pop.emulator.layering.form_changes import changes_between
from d365pop.emulator.layering.stack import stack_of, top_of
from d365pop.emulator.metadata import Row
from d365pop.emulator.package.contents import FORM_TYPES

KINDS = {number: name for name, number in FORM_TYPES.items()}
DIALOG = FORM_TYPES["dialog"]


def write_forms(source: ExportSource, *, managed: bool) -> None:
    """Put the solution's forms, as they are published, into the customizations."""
    known = {_bare(form): form for form in source.customizations.findall("Entities//systemform")}
    rows = [row for row in source.rows_of(FORM, "systemform") if row["type"] != DIALOG]
    for container in source.customizations.findall("Entities/Entity/FormXml"):
        for forms in list(container):
            container.remove(forms)
    for row in rows:
        form_xml, is_diff = _text(source, row, managed=managed)
        if form_xml:
            entry = known.get(str(row["formid"]))
            # What is exported as changes says nothing of the form as a whole.
            filled = _entry(row, ET.fromstring(form_xml), None if is_diff else entry)
            _container(source.customizations, row).append(filled)


def _text(source: ExportSource, row: Row, *, managed: bool) -> tuple[str, bool]:
    if not managed or not row["ismanaged"]:
        return str(row["formxml"]), False
    environment = source.environment
    stack = stack_of(environment, environment.table("systemform"), str(row["formid"]))
    below = top_of(stack) or row
    return changes_between(str(below["formxml"]), str(row["formxml"])), True


def _container(root: ET.Element, row: Row) -> ET.Element:
    table, kind = str(row["objecttypecode"]), KINDS.get(int(row["type"] or 0), "main")
    form_xml = child(entity_element(root, table), "FormXml")
    for forms in form_xml:
        if forms.get("type") == kind:
            return forms
    return ET.SubElement(form_xml, "forms", {"type": kind})


def _entry(row: Row, form: ET.Element, known: ET.Element | None) -> ET.Element:
    if known is not None:
        for position, child in enumerate(list(known)):
            if child.tag == "form":
                known.remove(child)
                known.insert(position, form)
        return known
    entry = ET.Element("systemform")
    ET.SubElement(entry, "formid").text = f"{{{row['formid']}}}"
    ET.SubElement(entry, "IntroducedVersion").text = str(row["introducedversion"] or "1.0")
    ET.SubElement(entry, "FormPresentation").text = str(row["formpresentation"] or 0)
    ET.SubElement(entry, "FormActivationState").text = str(row["formactivationstate"] or 0)
    entry.append(form)
    ET.SubElement(entry, "IsCustomizable").text = str(int(bool(row["iscustomizable"])))
    ET.SubElement(entry, "CanBeDeleted").text = str(int(bool(row["canbedeleted"])))
    put_names(entry, row)
    return entry


def _bare(form: ET.Element) -> str:
    return (form.findtext("formid") or "").strip("{} \n").lower()
