"""Which days a report is about, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from d365pop.errors import UsageError
from d365pop.metrics.spans import report_span, split_at
from d365pop.spans import Span

NOW = datetime(2026, 3, 10, 15, 30, 20, 99, tzinfo=UTC)


def day(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}T00:00:00+00:00")


@pytest.mark.parametrize(
    ("since", "begin"),
    [("30d", "2026-02-08"), ("2w", "2026-02-24"), ("2026-01-01", "2026-01-01")],
)
def test_span_begins_with_a_day_and_ends_now(since: str, begin: str) -> None:
    assert report_span(since, "", NOW) == Span(day(begin), NOW.replace(microsecond=0))


def test_span_ends_before_the_day_that_is_named() -> None:
    found = report_span("2026-01-01", "2026-02-01", NOW)
    assert found == Span(day("2026-01-01"), day("2026-02-01"))


@pytest.mark.parametrize("since", ["", "0d", "d", "30", "30x", "-3d", "2026-13-01", "yesterday"])
def test_what_is_no_span_is_named(since: str) -> None:
    with pytest.raises(UsageError) as refused:
        report_span(since, "", NOW)
    assert refused.value.reference == "date-invalid"
    assert "--since" in refused.value.message


@pytest.mark.parametrize(
    ("since", "until"),
    [("2026-02-01", "2026-02-01"), ("2026-02-02", "2026-02-01"), ("2027-01-01", "2028-01-01")],
    ids=["no day", "backwards", "the future"],
)
def test_span_without_time_is_refused(since: str, until: str) -> None:
    with pytest.raises(UsageError) as refused:
        report_span(since, until, NOW)
    assert refused.value.reference == "span-empty"


@pytest.mark.parametrize("since", ["9999d", "9999w", "0001-01-01"])
def test_span_of_decades_is_refused(since: str) -> None:
    with pytest.raises(UsageError) as refused:
        report_span(since, "0002-01-01", NOW)
    assert refused.value.reference == "span-too-long"


def test_span_ends_now_where_it_would_end_later() -> None:
    assert report_span("30d", "2030-01-01", NOW) == report_span("30d", "", NOW)


def test_change_splits_the_span_at_its_day() -> None:
    span = Span(day("2026-01-01"), day("2026-02-01"))
    assert split_at(span, "2026-01-10") == (
        Span(day("2026-01-01"), day("2026-01-10")),
        Span(day("2026-01-10"), day("2026-02-01")),
    )


@pytest.mark.parametrize("change", ["2026-01-01", "2026-02-01", "2025-01-10"])
def test_change_outside_of_the_span_is_refused(change: str) -> None:
    with pytest.raises(UsageError) as refused:
        split_at(Span(day("2026-01-01"), day("2026-02-01")), change)
    assert refused.value.reference == "change-outside"


@given(st.integers(1, 90 * 86_400))
def test_weeks_and_halves_leave_no_second_out_and_take_none_twice(seconds: int) -> None:
    span = Span(day("2026-01-01"), day("2026-01-01") + timedelta(seconds=seconds))
    parts = list(span.parts())
    assert [parts[0].begin, *(part.end for part in parts)] == [
        *(part.begin for part in parts),
        span.end,
    ]
    halves = span.halves()
    assert (halves is None) is (seconds == 1)
    if halves:
        assert (halves[0].begin, halves[0].end, halves[1].end) == (
            span.begin,
            halves[1].begin,
            span.end,
        )
