"""The emulator's own FormXml rules never contradict Microsoft's published schema."""

from pathlib import Path

import pytest
from lxml import etree

from d365pop.emulator.formxml import FormXmlError, check_form_xml
from d365pop.emulator.seed_forms import FORMS, SeedForm, form_xml
from tests.unit.emulator.harness import FORM_XML

LIBRARY = "<Library name='new_/a.js' libraryUniqueId='{a}'/>"
HANDLER = "<Handler functionName='f' libraryName='new_/a.js' handlerUniqueId='{b}'/>"
LEGAL = {
    "plain": "",
    "library": f"<formLibraries>{LIBRARY}</formLibraries>",
    "50-libraries": f"<formLibraries>{LIBRARY * 50}</formLibraries>",
    "event-stub": "<events><event name='onload' application='false' active='0'/></events>",
    "empty-handlers": "<events><event name='onload'><Handlers/></event></events>",
    "50-handlers": f"<events><event><Handlers>{HANDLER * 50}</Handlers></event></events>",
    "both-kinds": (
        f"<events><event name='onload'><InternalHandlers>{HANDLER}</InternalHandlers>"
        f"<Handlers>{HANDLER}</Handlers></event></events>"
    ),
}
ILLEGAL = {
    "unknown-part": "<surprise/>",
    "second-tabs": "<tabs/>",
    "empty-libraries": "<formLibraries/>",
    "51-libraries": f"<formLibraries>{LIBRARY * 51}</formLibraries>",
    "two-containers": f"<formLibraries>{LIBRARY}</formLibraries>" * 2,
    "library-without-name": "<formLibraries><Library libraryUniqueId='{a}'/></formLibraries>",
    "library-of-other-name": "<formLibraries><Script name='a'/></formLibraries>",
    "empty-events": "<events/>",
    "event-of-other-name": "<events><Event name='onload'/></events>",
    "part-of-event": "<events><event name='onload'><Things/></event></events>",
    "handlers-twice": "<events><event><Handlers/><Handlers/></event></events>",
    "51-handlers": f"<events><event><Handlers>{HANDLER * 51}</Handlers></event></events>",
    "handler-of-other-name": "<events><event><Handlers><handler/></Handlers></event></events>",
    "handler-without-id": (
        "<events><event><Handlers><Handler functionName='f' libraryName='l'/></Handlers></event>"
        "</events>"
    ),
    "no-boolean": "<events><event name='onload' active='maybe'/></events>",
}


@pytest.fixture(scope="module")
def schema(shared: Path) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(shared / "schemas/9.0.0.2090-portable/FormXml.xsd"))


def with_part(part: str) -> str:
    return FORM_XML.replace("</form>", f"{part}</form>")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.table)
def test_seeded_form_is_valid(schema: etree.XMLSchema, form: SeedForm) -> None:
    text = form_xml(form)
    schema.assertValid(etree.fromstring(text))
    assert check_form_xml(text) == []


@pytest.mark.parametrize("part", LEGAL.values(), ids=LEGAL)
def test_what_the_schema_allows_is_accepted(schema: etree.XMLSchema, part: str) -> None:
    text = with_part(part)
    schema.assertValid(etree.fromstring(text))
    check_form_xml(text)


@pytest.mark.parametrize("part", ILLEGAL.values(), ids=ILLEGAL)
def test_what_the_schema_forbids_is_refused(schema: etree.XMLSchema, part: str) -> None:
    text = with_part(part)
    assert not schema.validate(etree.fromstring(text))
    with pytest.raises(FormXmlError):
        check_form_xml(text)
