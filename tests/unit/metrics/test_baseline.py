"""A baseline is read as it is meant, or its first bad line is named."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from d365pop.errors import ConfigurationError
from d365pop.metrics.baseline import by_agent, parse_baseline
from d365pop.metrics.calls import AgentLoad
from d365pop.metrics.statistics import Load

NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=1).map(str.strip)
ROWS = st.lists(
    st.tuples(NAMES.filter(bool), st.integers(1, 10_000), st.floats(0.01, 1e6)), min_size=1
)


@given(ROWS, st.sampled_from(",;"))
def test_rows_of_an_agent_add_up(rows: list[tuple[str, int, float]], separator: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["Minutes", " calls ", "AGENT", "team"])
    point = "," if separator == ";" else "."
    writer.writerows(
        [str(minutes).replace(".", point), calls, name, "x"] for name, calls, minutes in rows
    )
    found = parse_baseline(b"\xef\xbb\xbf" + out.getvalue().encode(), "b.csv")
    assert found.keys() == {name.casefold() for name, _, _ in rows}
    assert sum(load.calls for load in found.values()) == sum(calls for _, calls, _ in rows)
    total = sum(minutes for _, _, minutes in rows)
    assert sum(load.minutes for load in found.values()) == pytest.approx(total)


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (b"", 1, "the column agent is missing"),
        (b"agent,calls\nAnn,3\n", 1, "the column minutes is missing"),
        (b"agent,calls,minutes,calls\n", 1, "the column calls is there twice"),
        (b"agent,calls,minutes\n", 2, "there is no row"),
        (b"agent,calls,minutes\nAnn,3,9\n\nBob,3\n", 4, "fewer cells"),
        (b"agent,calls,minutes\n ,3,9\n", 2, "agent is empty"),
        (b"agent,calls,minutes\nAnn,0,9\n", 2, "calls is '0'"),
        (b"agent,calls,minutes\nAnn,-3,9\n", 2, "calls is '-3'"),
        (b"agent,calls,minutes\nAnn,3.5,9\n", 2, "calls is '3.5'"),
        ("agent,calls,minutes\nAnn,²,9\n".encode(), 2, "calls is '²'"),
        (b"agent,calls,minutes\nAnn,3,nan\n", 2, "minutes is 'nan'"),
        (b"agent,calls,minutes\nAnn,3,-1\n", 2, "minutes is '-1'"),
        (b"agent,calls,minutes\nAnn,3,1e99\n", 2, "minutes is '1e99'"),
        (b"agent,calls,minutes\nAnn,3,1_000\n", 2, "minutes is '1_000'"),
        (b'agent,calls,minutes\nAnn,3,"1,5"\n', 2, "minutes is '1,5'"),
        (b"agent;calls;minutes\nAnn;3;1.234,5\n", 2, "minutes is '1.234,5'"),
        (b"agent;calls;minutes\nAnn;3;2.311\n", 2, "minutes is '2.311', 2311 or 2,311?"),
        (b"agent,calls,minutes\nAnn,0000000000001,9\n", 2, "calls is '0000000000001'"),
        (b'agent,calls,minutes\n"Ann,3,9\n', 2, "unexpected end of data"),
        (b"\xff\xfe", 1, "no text in UTF-8"),
    ],
)
def test_first_bad_line_is_named(content: bytes, line: int, problem: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        parse_baseline(content, "b.csv")
    assert refused.value.reference == "metrics-baseline-invalid"
    assert refused.value.message.startswith(f"b.csv:{line} is no baseline:")
    assert problem in refused.value.message


@given(st.binary(max_size=200))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    # Nothing else may come out of it.
    with suppress(ConfigurationError):
        assert parse_baseline(content, "b.csv")


def test_agents_are_found_by_id_and_by_a_name_that_one_of_them_bears() -> None:
    baseline = {key: Load(n, n) for n, key in enumerate(("id-a", "ann", "bob", "twin", "gone"), 1)}
    agents = [
        AgentLoad("ID-A", "Ann", Load(1, 2)),
        AgentLoad("id-b", "Bob", Load(2, 2)),
        AgentLoad("id-c", "Twin", Load(3, 2)),
        AgentLoad("id-d", "Twin", Load(4, 2)),
    ]
    assert {key: load.calls for key, load in by_agent(baseline, agents).items()} == {
        "id-a": 3,
        "id-b": 3,
        "twin": 4,
        "gone": 5,
    }


def test_minutes_have_a_comma_where_semicolons_separate() -> None:
    content = b"agent;calls;minutes\nAnn;3;412,5\nBob;4;9\nCy;1;2.5\n"
    assert parse_baseline(content, "b.csv") == {
        "ann": Load(3, 412.5),
        "bob": Load(4, 9.0),
        "cy": Load(1, 2.5),
    }
