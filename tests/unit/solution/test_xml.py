"""The hardened parser: what it takes, what it refuses and where it points."""

from pathlib import Path

import pytest

from d365pop.errors import BundleError
from d365pop.solution.reading_xml import line_of
from d365pop.solution.xml import MAX_MARKUP, is_utf_16, parse_counted, parse_xml


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


DECLARED = '<?xml version="1.0" encoding="{}"?>\n<a b="é">x</a>'


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-16-be"),
        ("utf-16", "utf-16-le"),
        # What the bytes are counts, as for every reader of XML.
        ("utf-8", "utf-16"),
    ],
)
def test_utf_8_and_utf_16_are_read(declared: str, encoding: str) -> None:
    data = DECLARED.format(declared).encode(encoding)
    root = parse_xml(data, "a.xml")
    assert (root.tag, root.get("b"), root.text) == ("a", "é", "x")
    assert line_of(root) == 2
    assert is_utf_16(data) is encoding.startswith("utf-16")


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-7", "utf-7"),
        ("iso-8859-1", "iso-8859-1"),
        ("windows-1252", "cp1252"),
        ("utf-16", "utf-8"),
        ("utf-16", "utf-8-sig"),
        ("utf-32", "utf-32"),
        ("utf-32", "utf-32-le"),
        ("utf-32", "utf-32-be"),
        ("cp037", "cp037"),
    ],
)
def test_other_encodings_are_refused(declared: str, encoding: str) -> None:
    with pytest.raises(BundleError) as caught:
        parse_xml(DECLARED.format(declared).encode(encoding), "a.xml")
    assert caught.value.reference == "xml-invalid"
    assert "line 1" in caught.value.context


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_markup_is_counted_as_the_parser_sees_it(encoding: str) -> None:
    # Its bytes are those of "<=" in UTF-16.
    data = '<a b="1"><b/>\u3c3d</a>'.encode(encoding)
    root, markup = parse_counted(data, "a.xml", 4)
    assert (root.tag, markup) == ("a", 4)
    with pytest.raises(BundleError, match=r"a\.xml") as caught:
        parse_counted(data, "a.xml", 3)
    assert "larger" in caught.value.context


def test_markup_in_another_encoding_does_not_evade_the_bound() -> None:
    hidden = b"<?xml version='1.0' encoding='utf-7'?><a>%s</a>" % (b"+ADw-b/+AD4-" * MAX_MARKUP)
    with pytest.raises(BundleError) as caught:
        parse_xml(hidden, "a.xml")
    assert "utf-7" in caught.value.context


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
