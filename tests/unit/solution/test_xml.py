"""The hardened parser: what it takes, what it refuses and where it points."""

from pathlib import Path

import pytest

from d365pop.errors import BundleError
from d365pop.solution.xml import parse_xml


def test_a_document_with_byte_order_mark_and_declaration_is_read() -> None:
    root = parse_xml(
        b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?><a b="\xc3\xa9"/>', "a.xml"
    )
    assert (root.tag, root.get("b")) == ("a", "é")


@pytest.mark.parametrize(
    ("data", "place"),
    [
        pytest.param(b"", "line 1, column 1", id="nothing"),
        pytest.param(b"<a>\n <b></a>", "line 2, column", id="not-closed"),
        pytest.param(b"<a>&e;</a>", "line 1, column", id="unknown-entity"),
        pytest.param(b"<a>\xff</a>", "line 1, column", id="not-utf-8"),
        pytest.param(b"<!DOCTYPE a><a/>", "DOCTYPE", id="doctype"),
        pytest.param(b"<!DOCTYPE a SYSTEM 'http://localhost/a.dtd'><a/>", "DOCTYPE", id="dtd"),
    ],
)
def test_what_is_no_xml_of_ours_is_refused_with_its_place(data: bytes, place: str) -> None:
    with pytest.raises(BundleError) as caught:
        parse_xml(data, "customizations.xml")
    assert caught.value.reference == "xml-invalid"
    assert "customizations.xml" in caught.value.message
    assert place in caught.value.context


def test_an_entity_never_brings_a_file_in(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not leak", encoding="utf-8")
    data = f'<!DOCTYPE a [<!ENTITY e SYSTEM "{secret.as_uri()}">]><a>&e;</a>'.encode()
    with pytest.raises(BundleError) as caught:
        parse_xml(data, "a.xml")
    assert "do not leak" not in f"{caught.value}{caught.value.context}"


def test_entities_that_grow_without_end_are_refused() -> None:
    levels = "".join(f'<!ENTITY e{n + 1} "{f"&e{n};" * 10}">' for n in range(12))
    data = f'<!DOCTYPE a [<!ENTITY e0 "ha">{levels}]><a>&e12;</a>'.encode()
    with pytest.raises(BundleError):
        parse_xml(data, "a.xml")
