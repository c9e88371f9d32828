"""Forms in a package: whole for unmanaged, only what is added for managed."""

from pathlib import Path

import pytest
from lxml import etree

from d365pop.errors import BundleError
from d365pop.models import FormEvent, FormHandler, PackagedForm
from d365pop.solution.packaged_forms import packaged_form
from d365pop.solution.packaged_tables import with_tables

HANDLER = FormHandler(FormEvent.ON_LOAD, "Pop.onLoad", "pop_/form.js")
OTHER = (
    '<formLibraries><Library name="x.js" libraryUniqueId="{1}" /></formLibraries><events>'
    '<event name="onload" application="false" active="false"><Handlers>'
    '<Handler functionName="X.y" libraryName="x.js" handlerUniqueId="{2}" /></Handlers></event>'
    "</events>"
)
STUB = '<events><event name="onload" application="false" active="false" /></events>'
EMPTY = b"<ImportExportXml>\r\n  <Entities />\r\n  <Roles />\r\n</ImportExportXml>"


def document(inside: str = "") -> bytes:
    return (
        "<forms><systemform><formid>{A1}</formid><IntroducedVersion>1.0</IntroducedVersion>"
        "<FormPresentation>1</FormPresentation><FormActivationState>1</FormActivationState>"
        f"<form><tabs />{inside}</form><IsCustomizable>1</IsCustomizable><LocalizedNames>"
        '<LocalizedName description="Main" languagecode="1033" /></LocalizedNames>'
        "</systemform></forms>"
    ).encode()


def made(inside: str = "") -> PackagedForm:
    return packaged_form(document(inside), "Account", [HANDLER], "form.xml")


def difference(inside: str) -> etree._Element:
    form = etree.fromstring(made(inside).difference).find("form")
    assert form is not None
    return form


def marked(form: etree._Element) -> list[str]:
    return [element.tag for element in form.iter() if element.get("solutionaction") == "Added"]


def test_whole_form_has_the_handler_and_all_that_was_there() -> None:
    whole = made(OTHER).whole
    names = [e.get("functionName") for e in etree.fromstring(whole).iter("Handler")]
    assert names == ["X.y", "Pop.onLoad"]
    assert b"<tabs/>" in whole
    assert b"solutionaction" not in whole


@pytest.mark.parametrize(
    ("inside", "tags"),
    [
        pytest.param("", ["formLibraries", "event"], id="nothing there"),
        pytest.param(STUB, ["formLibraries", "Handlers"], id="an empty event"),
        pytest.param(OTHER, ["Library", "Handler"], id="handlers of others"),
    ],
)
def test_difference_marks_the_outermost_that_the_form_did_not_have(
    inside: str, tags: list[str]
) -> None:
    assert marked(difference(inside)) == tags


def test_difference_holds_nothing_of_others() -> None:
    form = difference(OTHER)
    assert form.find("tabs") is None
    assert [library.get("name") for library in form.iter("Library")] == ["pop_/form.js"]
    (handler,) = form.iter("Handler")
    assert (handler.get("functionName"), handler.get("ordinalvalue")) == ("Pop.onLoad", "1")


def test_difference_of_two_events_with_one_function_holds_each_once() -> None:
    change = FormHandler(FormEvent.ON_CHANGE, "Pop.onLoad", "pop_/form.js", "phone")
    second = FormHandler(FormEvent.ON_LOAD, "Pop.more", "pop_/form.js")
    made = packaged_form(document(), "Account", [HANDLER, change, second], "form.xml")
    events = etree.fromstring(made.difference).findall("form/events/event")
    assert [
        (
            event.get("name"),
            event.get("attribute"),
            [h.get("functionName") for h in event.iter("Handler")],
        )
        for event in events
    ] == [
        ("onload", None, ["Pop.onLoad", "Pop.more"]),
        ("onchange", "phone", ["Pop.onLoad"]),
    ]


def test_same_function_that_others_registered_for_another_event_stays_out() -> None:
    theirs = OTHER.replace('name="onload"', 'name="onsave"').replace("X.y", "Pop.onLoad")
    form = difference(theirs.replace("x.js", "pop_/form.js"))
    assert [event.get("name") for event in form.iter("event")] == ["onload"]


def test_handler_that_the_form_names_in_another_case_is_in_the_difference() -> None:
    theirs = OTHER.replace("x.js", "POP_/form.js").replace("X.y", "Pop.onLoad")
    form = difference(theirs.replace('name="onload"', 'name="OnLoad"'))
    assert [element.get("functionName") for element in form.iter("Handler")] == ["Pop.onLoad"]


def test_file_that_has_the_handler_already_gives_the_same_difference() -> None:
    exported = b"<forms>" + made(OTHER).whole + b"</forms>"
    again = packaged_form(exported, "Account", [HANDLER], "form.xml")
    assert etree.tostring(etree.fromstring(again.difference), method="c14n") == etree.tostring(
        etree.fromstring(made(OTHER).difference), method="c14n"
    )


def test_unmanaged_package_carries_table_and_form_unchanged_but_for_the_handler() -> None:
    root = etree.fromstring(with_tables(EMPTY, [made()], [], managed=False))
    (entity,) = root.iterfind("Entities/Entity")
    assert [child.tag for child in entity] == ["Name", "EntityInfo", "FormXml", "RibbonDiffXml"]
    assert entity.find("EntityInfo/entity[@unmodified='1']") is not None
    assert entity.findtext("FormXml/forms[@type='main']/systemform/formid") == "{A1}"


def test_managed_package_carries_the_difference_alone() -> None:
    root = etree.fromstring(with_tables(EMPTY, [made()], [], managed=True))
    (entity,) = root.iterfind("Entities/Entity")
    assert [child.tag for child in entity] == ["Name", "FormXml", "RibbonDiffXml"]
    assert entity.find(".//tabs") is None


def test_package_without_forms_is_left_as_it_is() -> None:
    assert with_tables(EMPTY, [], [], managed=True) is EMPTY


@pytest.mark.parametrize(
    "data",
    [
        b"<form />",
        b"<forms />",
        b"<forms><systemform /></forms>",
        b"<forms><systemform><formid>{A1}</formid></systemform></forms>",
        document().replace(b"</forms>", b"<systemform /></forms>"),
        b"<forms",
    ],
)
def test_file_that_is_not_one_form_is_refused(data: bytes) -> None:
    with pytest.raises(BundleError) as caught:
        packaged_form(data, "account", [HANDLER], "form.xml")
    assert caught.value.reference in {"packaged-form-invalid", "xml-invalid"}


@pytest.mark.parametrize("name", ["account_main_core", "lead_main_internal"])
def test_real_forms_are_valid_for_microsofts_schema(shared: Path, name: str) -> None:
    # Of whole forms only: the schema knows no differences, which have no tabs.
    data = (shared / "samples" / "forms" / f"{name}.xml").read_bytes()
    form = packaged_form(data, "Account", [HANDLER], name)
    path = shared / "schemas" / "9.0.0.2090-portable" / "CustomizationsSolution.xsd"
    schema = etree.XMLSchema(etree.parse(str(path)))
    frame = (
        b"<ImportExportXml>\n  <Entities />\n  <Roles />\n  <Workflows />\n  "
        b"<FieldSecurityProfiles />\n  <Templates />\n  <EntityMaps />\n  "
        b"<EntityRelationships />\n  <OrganizationSettings />\n  <Languages>"
        b"<Language>1033</Language></Languages>\n</ImportExportXml>"
    )
    assert schema.validate(etree.fromstring(frame)), schema.error_log
    schema.assertValid(etree.fromstring(with_tables(frame, [form], [], managed=False)))
