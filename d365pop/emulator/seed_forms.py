"""FormXml of the seeded main forms, written out from short descriptions; knows no rows."""

from dataclasses import dataclass
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

FORM_NAMESPACE = UUID("3b5a8a0e-1a5c-5c0e-9a35-d36500f0a3e1")
ENGLISH = "1033"
TEXT = "{4273EDBD-AC1D-40D3-9FB2-095C621B552D}"
LOOKUP = "{270BD3DB-D9AF-4782-9025-509E298DEC0A}"
TOGGLE = "{67FAC785-CD58-4F9F-ABB3-4B7DDC6ED5ED}"
MEMO = "{E0DECE4B-6FC8-4A8F-A065-082708572369}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: a label over one column's control."""

    label: str
    column: str
    class_id: str = TEXT


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of cells."""

    label: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab; each section stands in a column of its own, up to three."""

    name: str
    label: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class SeedForm:
    """One main form."""

    form_id: str
    table: str
    name: str
    description: str
    header: tuple[Cell, ...]
    tabs: tuple[Tab, ...]
    is_default: bool = True


ADDRESS = Section(
    "Address",
    (
        Cell("Street 1", "address1_line1"),
        Cell("Street 2", "address1_line2"),
        Cell("City", "address1_city"),
        Cell("State/Province", "address1_stateorprovince"),
        Cell("ZIP/Postal Code", "address1_postalcode"),
        Cell("Country/Region", "address1_country"),
    ),
)
ABOUT = Section("Description", (Cell("Description", "description", MEMO),))
CONTACT_PREFERENCES = Section("Contact Preferences", (Cell("Phone calls", "donotphone", TOGGLE),))

FORMS = (
    SeedForm(
        "8448b78f-8f42-454e-8e2a-f8196b0419af",
        "account",
        "Account",
        "A form for this entity.",
        (Cell("Owner", "ownerid", LOOKUP),),
        (
            Tab(
                "SUMMARY_TAB",
                "Summary",
                (
                    Section(
                        "Account Information",
                        (
                            Cell("Account Name", "name"),
                            Cell("Phone", "telephone1"),
                            Cell("Other Phone", "telephone2"),
                            Cell("Fax", "fax"),
                            Cell("Website", "websiteurl"),
                            Cell("Email", "emailaddress1"),
                            Cell("Parent Account", "parentaccountid", LOOKUP),
                        ),
                    ),
                    ADDRESS,
                    Section(
                        "Primary Contact", (Cell("Primary Contact", "primarycontactid", LOOKUP),)
                    ),
                ),
            ),
            Tab("DETAILS_TAB", "Details", (ABOUT, CONTACT_PREFERENCES)),
        ),
    ),
    SeedForm(
        "1fed44d1-ae68-4a41-bd2b-f13acac4acfa",
        "contact",
        "Contact",
        "A form for this entity.",
        (Cell("Owner", "ownerid", LOOKUP),),
        (
            Tab(
                "SUMMARY_TAB",
                "Summary",
                (
                    Section(
                        "Contact Information",
                        (
                            Cell("First Name", "firstname"),
                            Cell("Last Name", "lastname"),
                            Cell("Job Title", "jobtitle"),
                            Cell("Account Name", "parentcustomerid", LOOKUP),
                            Cell("Email", "emailaddress1"),
                            Cell("Business Phone", "telephone1"),
                            Cell("Mobile Phone", "mobilephone"),
                            Cell("Home Phone", "telephone2"),
                        ),
                    ),
                    ADDRESS,
                ),
            ),
            Tab("DETAILS_TAB", "Details", (ABOUT, CONTACT_PREFERENCES)),
        ),
    ),
    SeedForm(
        "e3b6ddb7-8df0-4410-ac7b-fd32e5053d38",
        "lead",
        "Lead",
        "A form for this entity.",
        (Cell("Owner", "ownerid", LOOKUP),),
        (
            Tab(
                "SUMMARY_TAB",
                "Summary",
                (
                    Section(
                        "Contact",
                        (
                            Cell("Topic", "subject"),
                            Cell("First Name", "firstname"),
                            Cell("Last Name", "lastname"),
                            Cell("Job Title", "jobtitle"),
                            Cell("Business Phone", "telephone1"),
                            Cell("Mobile Phone", "mobilephone"),
                            Cell("Email", "emailaddress1"),
                        ),
                    ),
                    Section("Company", (Cell("Company", "companyname"), Cell("Web", "websiteurl"))),
                    ADDRESS,
                ),
            ),
            Tab("DETAILS_TAB", "Details", (ABOUT, CONTACT_PREFERENCES)),
        ),
    ),
)


def form_xml(form: SeedForm) -> str:
    """Return the form's FormXml; the same form gives the same text."""
    root = ET.Element("form", {"shownavigationbar": "true", "showImage": "true"})
    tabs = ET.SubElement(root, "tabs")
    for tab in form.tabs:
        _add_tab(tabs, form, tab)
    header = ET.SubElement(
        root,
        "header",
        {"id": _guid(form, "header"), "celllabelposition": "Top", "columns": "111"},
    )
    _add_rows(header, form, "header", form.header)
    navigation = ET.SubElement(root, "Navigation")
    ET.SubElement(navigation, "NavBar")
    return ET.tostring(root, encoding="unicode")


def _add_tab(tabs: ET.Element, form: SeedForm, tab: Tab) -> None:
    identity = f"tab:{tab.name}"
    attributes = {
        "name": tab.name,
        "id": _guid(form, identity),
        "IsUserDefined": "0",
        "locklevel": "0",
        "expanded": "true",
        "showlabel": "true",
        "labelid": _guid(form, f"{identity}:label"),
    }
    element = ET.SubElement(tabs, "tab", attributes)
    _add_label(element, tab.label)
    columns = ET.SubElement(element, "columns")
    for section in tab.sections:
        column = ET.SubElement(columns, "column", {"width": f"{100 // len(tab.sections)}%"})
        _add_section(ET.SubElement(column, "sections"), form, identity, section)


def _add_section(sections: ET.Element, form: SeedForm, parent: str, section: Section) -> None:
    identity = f"{parent}:{section.label}"
    attributes = {
        "name": section.label.upper().replace(" ", "_"),
        "showlabel": "true",
        "showbar": "false",
        "id": _guid(form, identity),
        "IsUserDefined": "0",
        "columns": "1",
        "labelid": _guid(form, f"{identity}:label"),
    }
    element = ET.SubElement(sections, "section", attributes)
    _add_label(element, section.label)
    _add_rows(element, form, identity, section.cells)


def _add_rows(parent: ET.Element, form: SeedForm, identity: str, cells: tuple[Cell, ...]) -> None:
    rows = ET.SubElement(parent, "rows")
    prefix = "header_" if parent.tag == "header" else ""
    for cell in cells:
        name = f"{identity}:{cell.column}"
        attributes = {
            "id": _guid(form, name),
            "showlabel": "true",
            "locklevel": "0",
            "labelid": _guid(form, f"{name}:label"),
        }
        element = ET.SubElement(ET.SubElement(rows, "row"), "cell", attributes)
        _add_label(element, cell.label)
        ET.SubElement(
            element,
            "control",
            {
                "id": f"{prefix}{cell.column}",
                "classid": cell.class_id,
                "datafieldname": cell.column,
                "disabled": "false",
            },
        )


def _add_label(parent: ET.Element, text: str) -> None:
    labels = ET.SubElement(parent, "labels")
    ET.SubElement(labels, "label", {"description": text, "languagecode": ENGLISH})


def _guid(form: SeedForm, identity: str) -> str:
    return f"{{{uuid5(FORM_NAMESPACE, f'{form.form_id}:{identity}')}}}"
