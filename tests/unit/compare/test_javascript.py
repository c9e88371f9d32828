"""Breaking scripts into lines loses nothing but white space."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from d365pop.compare.javascript import is_minified, reformat

MARKS = list("a=/(){}[];,\"'`\\\n ")
PIECES = st.sampled_from([*MARKS, "return", "//", "/*", "*/", "${", "/a}b/g", "é", "\r\n"])


@pytest.mark.parametrize(
    ("script", "lines"),
    [
        pytest.param("a();b()", ["a();", "b()"], id="statements"),
        pytest.param("if(a){b;c}", ["if(a){", "  b;", "  c", "}"], id="block"),
        pytest.param("for(a;b;c)d", ["for(a;b;c)d"], id="head of a loop"),
        pytest.param('a="{;}";b', ['a="{;}";', "b"], id="text"),
        pytest.param("a='\\';';b", ["a='\\';';", "b"], id="escape"),
        pytest.param("a=`{;`;b", ["a=`{;`;", "b"], id="template"),
        pytest.param("a=/[/{;]/g;b", ["a=/[/{;]/g;", "b"], id="regular expression"),
        pytest.param("a=b/c;d=e/f", ["a=b/c;", "d=e/f"], id="division"),
        pytest.param("return/{;/;a", ["return/{;/;", "a"], id="regular expression behind a word"),
        pytest.param("a/*{;*/;b//;c", ["a/*{;*/;", "b//;c"], id="comments"),
    ],
)
def test_script_is_broken_behind_statements_only(script: str, lines: list[str]) -> None:
    assert reformat(script) == lines


@given(st.lists(PIECES, max_size=40).map("".join))
def test_nothing_but_white_space_changes(script: str) -> None:
    assert re.sub(r"\s", "", "".join(reformat(script))) == re.sub(r"\s", "", script)


@pytest.mark.parametrize(("text", "expected"), [("a;" * 300, True), ("a;\n" * 300, False)])
def test_long_lines_make_a_script_minified(text: str, *, expected: bool) -> None:
    assert is_minified(text) is expected


def test_blocks_in_blocks_cost_no_more_than_their_length() -> None:
    lines = reformat("{" * 100_000)
    assert len(lines) == 100_000
    assert sum(map(len, lines)) < 100_000 * 100
