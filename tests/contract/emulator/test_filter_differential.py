"""Our reading of ``$filter`` against that of `odata-query`, by the rows that both select."""

# ruff: noqa: S608 - the SQL is what is compared

import sqlite3
from functools import cache
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st
from odata_query import ast
from odata_query.grammar import ODataLexer, ODataParser
from odata_query.sql.sqlite import AstToSqliteSqlVisitor
from odata_query.visitor import NodeTransformer

from tests.unit.emulator.harness import LocalEnvironment

OWNER = "d3650000-0000-4000-8000-000000000030"
ROWS = (
    ("Alpha", "555", 10, True, "2026-01-05T10:00:00Z"),
    ("alpha", None, -10, False, "2026-01-05T10:00:01Z"),
    ("O'Neil's Ärger", "+1 555", 0, True, "2026-02-28T23:59:59Z"),
    ("two words", "", None, False, None),
    ("eq", "and", 2147483647, True, "1999-12-31T00:00:00Z"),
    ("(a)", "null", 5, True, "2026-05-04T12:00:00Z"),
    ("5", None, 5, False, "2026-05-04T12:00:00Z"),
)
COLUMNS = {
    "subject": "TEXT COLLATE NOCASE",
    "phonenumber": "TEXT COLLATE NOCASE",
    "actualdurationminutes": "INTEGER",
    "directioncode": "INTEGER",
    "scheduledstart": "TEXT",
    "_ownerid_value": "TEXT",
}

SPACES = st.sampled_from([" ", "  ", "\t", " \n"])
TEXTS = st.sampled_from(
    [
        "Alpha",
        "ALPHA",
        "a",
        "555",
        "",
        "O''Neil",
        "''",
        "and",
        "null",
        "(a)",
        ") or (",
        "ärger",
        "eq",
    ]
).map(lambda text: f"'{text}'")
NUMBERS = st.sampled_from(["-10", "0", "5", "5.0", "4.5", "2147483647"])
MOMENTS = st.sampled_from(
    ["2026-01-05T10:00:00Z", "2026-05-04T14:00:00+02:00", "1999-12-31T00:00:00Z"]
)
COMPARED = st.sampled_from(["eq", "ne", "gt", "ge", "lt", "le"])
EQUAL = st.sampled_from(["eq", "ne"])


def compared(
    column: str, operators: st.SearchStrategy[str], values: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    parts = st.tuples(st.just(column), SPACES, operators, SPACES, values)
    return parts.map("".join)


LEAVES = st.one_of(
    compared("subject", COMPARED, TEXTS),
    compared("phonenumber", COMPARED, TEXTS),
    compared("phonenumber", EQUAL, st.just("null")),
    compared("actualdurationminutes", COMPARED, NUMBERS),
    compared("actualdurationminutes", EQUAL, st.just("null")),
    compared("directioncode", EQUAL, st.sampled_from(["true", "false"])),
    compared("scheduledstart", COMPARED, MOMENTS),
    compared("_ownerid_value", EQUAL, st.sampled_from([OWNER, OWNER.replace("30", "31")])),
    st.builds(
        "{}({},{})".format,
        st.sampled_from(["contains", "startswith", "endswith"]),
        st.sampled_from(["subject", "phonenumber"]),
        TEXTS.filter(lambda text: "''" not in text),  # the other one forgets to double them
    ),
)


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    word = st.sampled_from(["and", "or"])
    return st.one_of(
        st.tuples(inner, SPACES, word, SPACES, inner).map("".join),
        inner.map("({})".format),
        st.tuples(SPACES, inner).map("not ({0[0]}{0[1]})".format),
    )


EXPRESSIONS = st.recursive(LEAVES, combined, max_leaves=8)


class NullsAsValues(NodeTransformer):
    """Says what Dataverse means by ``eq`` and ``ne``: a row without value is unequal to one."""

    def visit_Compare(self, node: ast.Compare) -> ast._Node:  # noqa: N802 - the other one's name
        if isinstance(node.right, ast.Null):
            return node
        empty = ast.Compare(ast.Eq(), node.left, ast.Null())
        filled = ast.Compare(ast.NotEq(), node.left, ast.Null())
        match node.comparator:
            case ast.Eq():
                return ast.BoolOp(ast.And(), node, filled)
            case ast.NotEq():
                return ast.BoolOp(ast.Or(), node, empty)
            case _:
                return node


@cache
def ours() -> LocalEnvironment:
    local = LocalEnvironment()
    for values in ROWS:
        local.create("phonecalls", dict(zip(COLUMNS, values, strict=False)))
    return local


@cache
def theirs() -> sqlite3.Connection:
    rows = ours().get(f"phonecalls?$select={','.join(COLUMNS)}")["value"]
    database = sqlite3.connect(":memory:", check_same_thread=False)
    declared = ", ".join(f'"{name}" {kind}' for name, kind in COLUMNS.items())
    database.execute(f"CREATE TABLE calls ({declared})")
    for row in rows:
        values = [row[name] for name in COLUMNS]
        moment = row["scheduledstart"]
        values[list(COLUMNS).index("scheduledstart")] = moment and moment[:-1].replace("T", " ")
        database.execute(f"INSERT INTO calls VALUES ({','.join('?' * len(values))})", values)
    return database


def selected_by_us(condition: str) -> list[str]:
    found = ours().get(f"phonecalls?$select=subject&$filter={quote(condition)}")["value"]
    return sorted(row["subject"] for row in found)


def selected_by_them(condition: str) -> list[str]:
    tree = ODataParser().parse(ODataLexer().tokenize(condition))
    where = AstToSqliteSqlVisitor().visit(NullsAsValues().visit(tree))
    return sorted(row[0] for row in theirs().execute(f"SELECT subject FROM calls WHERE {where}"))


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS)
def test_both_parsers_select_the_same_rows(condition: str) -> None:
    assert selected_by_us(condition) == selected_by_them(condition)


def test_difference_would_be_noticed() -> None:
    everything = selected_by_them("subject ne null")
    assert len(everything) == len(ROWS)
    assert selected_by_us("directioncode eq true") != everything
