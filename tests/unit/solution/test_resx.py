"""Texts as RESX: what its readers find in it."""

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from d365pop.solution.resx import write_resx

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")
)


def read(document: bytes) -> dict[str, str]:
    root = etree.fromstring(document)
    return {data.get("name", ""): data.findtext("value") or "" for data in root.iterfind("data")}


@given(st.dictionaries(TEXT, TEXT))
def test_every_text_is_read_back_as_it_was(texts: dict[str, str]) -> None:
    assert read(write_resx(texts)) == texts


def test_order_of_the_texts_does_not_show() -> None:
    assert write_resx({"a": "1", "b": "2"}) == write_resx({"b": "2", "a": "1"})


def test_file_begins_with_what_microsofts_reader_wants() -> None:
    root = etree.fromstring(write_resx({"open": " Öffnen "}))
    headers = {each.get("name"): each.findtext("value") for each in root.iterfind("resheader")}
    assert (headers["resmimetype"], headers["version"]) == ("text/microsoft-resx", "2.0")
    data = root.find("data")
    assert data is not None
    assert data.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
    assert data.findtext("value") == " Öffnen "
