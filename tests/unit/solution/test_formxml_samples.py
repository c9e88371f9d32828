"""Real forms: each one is changed in its own libraries and events only, and comes back."""

import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from lxml import etree

from d365pop.models import FormEvent, FormHandler
from d365pop.solution.formxml import (
    libraries,
    register,
    register_in_document,
    registered,
    unregister,
    unregister_in_document,
)

LIBRARY = "pop_/screenpop/form.js"
HANDLERS = (
    FormHandler(FormEvent.ON_LOAD, "D365Pop.onLoad", LIBRARY),
    FormHandler(FormEvent.ON_CHANGE, "D365Pop.onChange", LIBRARY, "telephone1", '"a", 1 < 2'),
)
# A form element as text, straight from the file: a parser's own output would not do.
FORM = re.compile(rb"<form(?:\s[^>]*)?(?:/>|>.*?</form\s*>)", re.DOTALL)


def documents(shared: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(shared.glob("samples/forms/*.xml")):
        yield path.name, path.read_bytes()
    for path in sorted(shared.glob("samples/packages/*.zip")):
        with zipfile.ZipFile(path) as archive:
            yield path.name, archive.read("customizations.xml")
    for path in sorted(shared.glob("samples/unpacked/*/Entities/*/FormXml/*/*.xml")):
        yield str(path.relative_to(shared)), path.read_bytes()


def main_forms(shared: Path) -> Iterator[tuple[str, bytes]]:
    """The documents that have a main form; a folder names the type of unpacked ones."""
    for name, document in documents(shared):
        root = etree.fromstring(document)
        types = [forms.get("type", "main") for forms in root.iter("forms") if len(forms)]
        if "main" in types and "/FormXml/" not in name.replace("/FormXml/main/", "/"):
            yield name, document


def forms(shared: Path) -> Iterator[tuple[str, str]]:
    """Every form of any type, as a row's formxml would hold it."""
    for name, document in documents(shared):
        for number, text in enumerate(FORM.findall(document)):
            yield f"{name}[{number}]", text.decode("utf-8-sig")


def without_own_parts(form: etree._Element) -> bytes:
    """The canonical form without its own libraries, its own events and white space around them."""
    for element in form.findall("formLibraries") + form.findall("events"):
        form.remove(element)
    for element in [form, *form]:
        if element is form:
            element.text = (element.text or "").strip()
        else:
            element.tail = (element.tail or "").strip()
    return etree.tostring(form, method="c14n")


def changed_span(before: bytes, after: bytes) -> tuple[int, int]:
    """The offsets in ``before`` between the first and the last difference."""
    start = next(
        (n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before)
    )
    room = min(len(before), len(after)) - start
    tail = 0
    while tail < room and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return start, len(before) - tail


def own_part_offsets(text: str) -> list[int]:
    """Where the form's own libraries and events begin and end, and where new ones go."""
    outer = re.sub(
        r"<(tabs|header|footer)\b.*?</\1>", lambda m: " " * len(m[0]), text, flags=re.DOTALL
    )
    found = re.finditer(
        r"<(formLibraries|events)\b[^>]*?(?:/>|>.*?</\1\s*>)|</form\s*>", outer, re.DOTALL
    )
    return [offset for match in found for offset in match.span()]


def test_there_are_real_forms_to_look_at(shared: Path) -> None:
    assert len(list(main_forms(shared))) >= 20
    assert len(list(forms(shared))) >= 35


def test_registering_on_real_forms_leaves_everything_else_alone(shared: Path) -> None:
    for name, text in forms(shared):
        changed = register(text, HANDLERS)
        before, after = etree.fromstring(text), etree.fromstring(changed)
        assert without_own_parts(after) == without_own_parts(before), name


def test_bytes_before_the_first_and_behind_the_last_own_part_stay(shared: Path) -> None:
    for name, text in forms(shared):
        before, after = text.encode("latin-1", "replace"), register(text, HANDLERS)
        start, end = changed_span(before, after.encode("latin-1", "replace"))
        offsets = own_part_offsets(text)
        last_child = text.rindex("</form") if "</form" in text else 0
        # A new part stands behind the last child, in front of the white space before </form>.
        new_part = len(text[:last_child].rstrip())
        assert start >= min([*offsets, new_part]), name
        assert end <= max(offsets), name


def test_real_forms_have_each_handler_and_its_library_once(shared: Path) -> None:
    for name, text in forms(shared):
        changed = register(text, HANDLERS)
        functions = [handler.function_name for handler in registered(changed)]
        assert functions.count("D365Pop.onLoad") == 1, name
        assert functions.count("D365Pop.onChange") == 1, name
        assert libraries(changed).count(LIBRARY) == 1, name
        assert len(etree.fromstring(changed).findall("events/event[@name='onload']")) == 1, name


def test_registering_twice_on_real_documents_is_registering_once(shared: Path) -> None:
    for name, document in main_forms(shared):
        once = register_in_document(document, HANDLERS)
        assert once != document, name
        assert register_in_document(once, HANDLERS) == once, name


def test_unregistering_restores_the_bytes_of_real_documents(shared: Path) -> None:
    for name, document in main_forms(shared):
        changed = register_in_document(document, HANDLERS)
        assert unregister_in_document(changed, HANDLERS) == document, name


def test_unregistering_restores_the_text_of_every_real_form(shared: Path) -> None:
    for name, text in forms(shared):
        assert unregister(register(text, HANDLERS), HANDLERS) == text, name


def schema_errors(schema: etree.XMLSchema, text: str) -> Counter[str]:
    schema.validate(etree.fromstring(text))
    entries = cast("Iterable[Any]", schema.error_log)
    # The list of what else might stand there shrinks as parts are added.
    return Counter(
        f"{entry.type_name}: {entry.message.partition(' Expected is')[0]}" for entry in entries
    )


@pytest.fixture(scope="module")
def form_schema(shared: Path) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(shared / "schemas" / "9.0.0.2090-portable" / "FormXml.xsd"))


def test_registering_brings_no_schema_error_to_a_real_form(
    shared: Path, form_schema: etree.XMLSchema
) -> None:
    for name, text in forms(shared):
        before = schema_errors(form_schema, text)
        assert schema_errors(form_schema, register(text, HANDLERS)) - before == Counter(), name


def test_the_schema_does_refuse_an_event_that_is_not_ours_to_write(
    form_schema: etree.XMLSchema,
) -> None:
    bad = "<form><tabs/><events><event><Handlers><Handler/></Handlers></event></events></form>"
    assert schema_errors(form_schema, bad)
