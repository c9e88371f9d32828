"""What a package brings: web resources, forms, environment variables, all other components."""

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from d365pop.emulator.faults import bad_request
from d365pop.emulator.numerals import natural_or
from d365pop.emulator.package.archive import INVALID_XML, ROOT_FILES, open_archive, parse_part
from d365pop.emulator.package.components import OtherComponent, other_components
from d365pop.emulator.package.manifest import Manifest, read_manifest
from d365pop.emulator.package.variables import VariablePart, read_variables
from d365pop.emulator.xmltext import attribute_of, text_of

MISSING_FILE = "0x8004f11a"
DIALOG = 8
FORM_TYPES = {
    "dashboard": 0,
    "main": 2,
    "preview": 4,
    "mobile": 5,
    "quick": 6,
    "quickCreate": 7,
    "dialog": DIALOG,
    "taskBasedForm": 9,
    "interactionCentricDashboard": 10,
    "card": 11,
    "mainInteractionCentric": 12,
}
OTHER_FORM = 100
CHANGES = frozenset({"Modified", "Removed"})


@dataclass(frozen=True, slots=True)
class WebResourcePart:
    """A web resource of the package."""

    web_resource_id: str
    name: str
    display_name: str
    description: str
    kind: int
    dependency_xml: str
    introduced_version: str
    customizable: bool
    content: bytes


@dataclass(frozen=True, slots=True)
class FormPart:
    """A form of the package; a diff only makes sense on a form that is already there."""

    form_id: str
    table: str
    name: str
    description: str
    kind: int
    active: bool
    presentation: int
    customizable: bool
    form_xml: str
    is_diff: bool


@dataclass(frozen=True, slots=True)
class Package:
    """A package as values."""

    manifest: Manifest
    web_resources: tuple[WebResourcePart, ...]
    forms: tuple[FormPart, ...]
    variables: tuple[VariablePart, ...]
    others: tuple[OtherComponent, ...]
    customizations: ET.Element
    """The whole of ``customizations.xml``."""
    parts: Mapping[str, bytes]
    """What belongs neither to the root files nor to web resources, by path."""


def read_package(content: bytes) -> Package:
    """Return what a package holds.

    Raises:
        Fault: it cannot be read; with the platform's code.
    """
    parts = open_archive(content)
    manifest = read_manifest(parse_part(parts, "solution.xml"))
    customizations = parse_part(parts, "customizations.xml")
    if customizations.tag != "ImportExportXml":
        raise bad_request(
            "The import file is invalid. XSD validation failed: customizations.xml: the "
            f"'{customizations.tag}' element is not declared.",
            INVALID_XML,
        )
    resources = customizations.findall("WebResources/WebResource")
    taken = {*ROOT_FILES, *(text_of(item, "FileName").lstrip("/") for item in resources)}
    return Package(
        manifest,
        tuple(_web_resource(element, parts) for element in resources),
        tuple(_forms(customizations, managed=manifest.managed)),
        tuple(read_variables(customizations, parts)),
        tuple(other_components(customizations, parts)),
        customizations,
        {path: content for path, content in parts.items() if path not in taken},
    )


def _web_resource(element: ET.Element, parts: Mapping[str, bytes]) -> WebResourcePart:
    name, file_name = text_of(element, "Name"), text_of(element, "FileName")
    content = parts.get(file_name.lstrip("/"))
    if content is None:
        raise bad_request(
            f"Web resource '{name}': the file '{file_name}' is not in the package.", MISSING_FILE
        )
    kind = text_of(element, "WebResourceType")
    return WebResourcePart(
        web_resource_id=text_of(element, "WebResourceId").strip("{}").lower(),
        name=name,
        display_name=text_of(element, "DisplayName") or name,
        description=text_of(element, "Description"),
        kind=natural_or(kind, 0),
        dependency_xml=text_of(element, "DependencyXml"),
        introduced_version=text_of(element, "IntroducedVersion") or "1.0",
        customizable=text_of(element, "IsCustomizable") != "0",
        content=content,
    )


def _forms(customizations: ET.Element, *, managed: bool) -> list[FormPart]:
    found: list[FormPart] = []
    for entity in customizations.findall("Entities/Entity"):
        table = text_of(entity, "Name").lower()
        for forms in entity.findall("FormXml/forms"):
            kind = FORM_TYPES.get(forms.get("type", ""), OTHER_FORM)
            for item in forms.findall("systemform"):
                found.append(_form(item, table, kind, managed=managed))  # noqa: PERF401 - three loops
    for dialog in customizations.findall("Dialogs/Dialog"):
        form = dialog.find("FormXml/forms/form")
        if form is None:
            form = dialog.find("FormXml/forms")
        found.append(_dialog(dialog, form))
    return found


def _form(element: ET.Element, table: str, kind: int, *, managed: bool) -> FormPart:
    form = element.find("form")
    if form is None:
        raise bad_request(
            f"The import file is invalid. A form of '{table}' has no form element.", INVALID_XML
        )
    presentation = text_of(element, "FormPresentation")
    return FormPart(
        form_id=text_of(element, "formid").strip("{}").lower(),
        table=table,
        name=attribute_of(element, "LocalizedNames/LocalizedName", "description"),
        description=attribute_of(element, "Descriptions/Description", "description"),
        kind=kind,
        active=text_of(element, "FormActivationState") != "0",
        presentation=natural_or(presentation, 0),
        customizable=text_of(element, "IsCustomizable") != "0",
        form_xml=_inner_text(form),
        is_diff=_is_diff(form, managed=managed),
    )


def _dialog(element: ET.Element, form: ET.Element | None) -> FormPart:
    return FormPart(
        form_id=text_of(element, "FormId").strip("{}").lower(),
        table="none",
        name=attribute_of(element, "LocalizedNames/LocalizedName", "description"),
        description=attribute_of(element, "Descriptions/Description", "description"),
        kind=DIALOG,
        active=True,
        presentation=0,
        customizable=text_of(element, "IsCustomizable") != "0",
        form_xml="" if form is None else _inner_text(form),
        is_diff=False,
    )


def _is_diff(form: ET.Element, *, managed: bool) -> bool:
    """Whether the form only describes changes of another solution's form.

    Unmanaged exports carry ``solutionaction`` now and then on whole forms.
    """
    if form.find("tabs") is None:
        return True
    return managed and any(item.get("solutionaction") in CHANGES for item in form.iter())


def _inner_text(form: ET.Element) -> str:
    form.tail = None
    return ET.tostring(form, encoding="unicode")
