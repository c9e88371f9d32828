"""Counts and sums tell what the values themselves would; agents are what is drawn."""

import math
import statistics
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from d365pop.metrics.statistics import (
    FEWEST_AGENTS,
    Load,
    Pair,
    compare,
    student,
    summarize,
    welch,
)

VALUES = st.lists(st.integers(0, 600), min_size=1, max_size=60)
LOADS = st.builds(Load, calls=st.integers(1, 500), minutes=st.integers(1, 5_000))


@given(VALUES)
def test_summary_is_that_of_the_values_themselves(values: list[int]) -> None:
    found = summarize(Counter(values))
    assert found is not None
    assert found.count == len(values)
    assert found.mean == pytest.approx(statistics.fmean(values))
    assert found.median == statistics.median(values)
    spread = statistics.stdev(values) if len(values) > 1 else 0.0
    assert found.deviation == pytest.approx(spread)
    assert found.p90 == sorted(values)[math.ceil(len(values) * 9 / 10) - 1]


@given(VALUES, VALUES)
def test_summary_is_the_same_however_the_counts_were_added_up(
    some: list[int], others: list[int]
) -> None:
    assert summarize(Counter(some) + Counter(others)) == summarize(Counter(some + others))


@pytest.mark.parametrize("counts", [{}, {3: 0}], ids=["nothing", "nothing of three"])
def test_without_values_there_is_no_summary(counts: dict[int, int]) -> None:
    assert summarize(counts) is None


def test_two_million_values_keep_their_deviation() -> None:
    found = summarize({1_000_000: 1_000_000, 1_000_001: 1_000_000})
    assert found is not None
    assert found.deviation == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize(
    ("freedom", "expected"),
    [(3, 3.182), (4, 2.776), (5, 2.571), (10, 2.228), (30, 2.042), (1e9, 1.960)],
)
def test_students_points_are_those_of_the_tables(freedom: float, expected: float) -> None:
    assert student(freedom) == pytest.approx(expected, rel=0.005)


def test_welch_is_what_a_worked_example_says() -> None:
    # Means 20 and 22, variances 4 and 10, five and six values: error² = 0.8 + 10/6.
    before = [17.5, 19.0, 20.0, 21.0, 22.5]
    after = [18.0, 20.0, 21.0, 23.0, 24.0, 26.0]
    parts = [statistics.variance(before) / 5, statistics.variance(after) / 6]
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / 4 + parts[1] ** 2 / 5)
    assert freedom == pytest.approx(8.4, abs=0.5)
    found = welch(before, after)
    assert (found.low + found.high) / 2 == pytest.approx(2.0)
    # 2.26 and 2.31 are the points of 9 and 8 degrees of freedom.
    reach = (found.high - found.low) / 2
    assert 2.25 * math.sqrt(sum(parts)) < reach < 2.32 * math.sqrt(sum(parts))


def test_welch_of_values_that_never_differ_has_no_width() -> None:
    assert welch([3.0] * 5, [2.0] * 5).low == welch([3.0] * 5, [2.0] * 5).high == -1.0


@given(st.lists(st.builds(Pair, before=LOADS, after=LOADS), min_size=FEWEST_AGENTS, max_size=8))
def test_change_lies_in_its_interval_or_close_and_is_the_same_twice(pairs: list[Pair]) -> None:
    found = compare(pairs)
    assert found == compare(pairs)
    assert found is not None
    before = sum(p.before.minutes for p in pairs) / sum(p.before.calls for p in pairs)
    assert found.before == pytest.approx(before)
    assert found.difference.low <= found.difference.high
    assert found.relative.low <= found.relative.high


def test_same_saving_of_every_agent_is_certain() -> None:
    pairs = [Pair(Load(10, 100), Load(20, 160)) for _ in range(FEWEST_AGENTS)]
    found = compare(pairs)
    assert found is not None
    assert found.share == pytest.approx(-0.2)
    assert found.relative.low == pytest.approx(found.relative.high) == pytest.approx(-0.2)


def test_interval_is_of_agents_and_not_of_calls() -> None:
    # A thousand times the calls of the same ten agents say no more about agents.
    def pairs(times: int) -> list[Pair]:
        before = Load(10 * times, 40 * times)
        return [Pair(before, Load(10 * times, n * times)) for n in range(30, 40)]

    few, many = compare(pairs(1)), compare(pairs(1_000))
    assert few is not None
    assert many is not None
    assert few.difference == many.difference


def test_too_few_agents_have_no_interval() -> None:
    assert compare([Pair(Load(10, 40), Load(10, 30))] * (FEWEST_AGENTS - 1)) is None
