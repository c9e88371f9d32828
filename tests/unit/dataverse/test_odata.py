from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from d365pop.dataverse import odata


@pytest.mark.parametrize(
    ("value", "literal"), [("abc", "'abc'"), ("", "''"), ("O'Neil", "'O''Neil'"), ("''", "''''''")]
)
def test_literal_doubles_its_quotes(value: str, literal: str) -> None:
    assert odata.quote(value) == literal


def test_in_filter_is_a_bracketed_chain() -> None:
    assert odata.in_filter("name", ["a", "b'c"]) == "(name eq 'a' or name eq 'b''c')"


def test_in_filter_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values for name"):
        odata.in_filter("name", [])


def test_many_values_are_asked_for_by_dataverse_s_own_function() -> None:
    assert odata.among("name", ["a/b.js", "c"]) == (
        "Microsoft.Dynamics.CRM.In(PropertyName='name',PropertyValues=['a/b.js','c'])"
    )


@pytest.mark.parametrize("values", [[], ["a", "b'c"], ['b"c']])
def test_function_is_refused_for_what_it_cannot_hold(values: list[str]) -> None:
    with pytest.raises(ValueError, match="no values for name"):
        odata.among("name", values)


def test_query_keeps_odata_s_own_characters_readable() -> None:
    options = {"$select": "a,b", "$expand": "c($select=d)", "$filter": "e eq 'f/g'"}
    assert odata.query("things", options) == (
        "things?$select=a,b&$expand=c($select=d)&$filter=e%20eq%20'f/g'"
    )


def test_option_without_a_value_is_left_out() -> None:
    assert odata.query("things", {"$select": "a", "$filter": ""}) == "things?$select=a"
    assert odata.query("things", {"$filter": ""}) == "things"


@given(st.text())
def test_any_value_survives_the_way_to_the_server(value: str) -> None:
    url = odata.query("https://host/things", {"$filter": f"name eq {odata.quote(value)}"})
    assert url.isascii()
    parsed = urlsplit(url)
    assert parsed.fragment == ""
    assert parse_qsl(parsed.query, keep_blank_values=True) == [
        ("$filter", f"name eq {odata.quote(value)}")
    ]


@pytest.mark.parametrize("row_id", ["0f3f2c8e-6f4b", "{0f3f2c8e-6f4b}"])
def test_row_is_named_by_its_bare_id(row_id: str) -> None:
    assert odata.entity("things", row_id) == "things(0f3f2c8e-6f4b)"


def test_row_id_cannot_leave_its_brackets() -> None:
    assert odata.entity("things", "1)/other(2") == "things(1%29%2Fother%282)"


@given(st.lists(st.text(max_size=60)), st.integers(60, 2000))
def test_chunks_hold_every_value_in_order(values: list[str], longest: int) -> None:
    parts = list(odata.chunks(values, longest))
    assert [value for part in parts for value in part] == values
    assert all(parts)


@given(st.lists(st.text("ab'ü/ ", max_size=40), min_size=1), st.integers(400, 2000))
def test_chunk_s_filter_stays_below_the_limit(values: list[str], longest: int) -> None:
    for part in odata.chunks(values, longest):
        path = odata.query("x", {"$filter": odata.in_filter("schemaname", part)})
        assert len(path) <= longest + len("x?$filter=()")
