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


@pytest.mark.parametrize(
    ("before", "after", "low", "high"),
    [
        ([17.5, 19.0, 20.0, 21.0, 22.5], [18.0, 20.0, 21.0, 23.0, 24.0, 26.0], -1.31947, 5.31947),
        (
            [4.1, 3.2, 5.5, 6.0, 4.4, 3.9, 5.1, 4.8],
            [3.0, 2.9, 4.7, 5.6, 3.3, 3.1, 4.9, 3.6, 2.2, 4.0],
            -1.87869,
            0.08869,
        ),
    ],
    ids=["8.6 degrees of freedom", "15.9 degrees of freedom"],
)
def test_welch_is_what_another_program_says(
    before: list[float], after: list[float], low: float, high: float
) -> None:
    # The ends are those of ttest_ind of SciPy, with equal_var=False.
    found = welch(before, after)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.001)


def test_welch_of_values_that_never_differ_has_no_width() -> None:
    assert welch([3.0] * 5, [2.0] * 5).low == welch([3.0] * 5, [2.0] * 5).high == -1.0


@given(st.lists(st.builds(Pair, before=LOADS, after=LOADS), min_size=FEWEST_AGENTS, max_size=8))
def test_change_is_that_of_all_calls_together_and_the_same_twice(pairs: list[Pair]) -> None:
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


def test_interval_is_as_wide_as_the_spread_of_the_agents_makes_it() -> None:
    # With equally many calls each, the mean of all calls is that of the agents: its error is known.
    values = [statistics.NormalDist(10, 2).inv_cdf((n + 0.5) / 200) for n in range(200)]
    found = compare([Pair(Load(100, 1_000), Load(100, 100 * value)) for value in values])
    assert found is not None
    error = statistics.stdev(values) / math.sqrt(len(values))
    expected = (-1.96 * error, 1.96 * error)
    assert (found.difference.low, found.difference.high) == pytest.approx(expected, rel=0.1)
    assert (found.welch.low, found.welch.high) == pytest.approx(expected, rel=0.02)


def test_too_few_agents_have_no_interval() -> None:
    assert compare([Pair(Load(10, 40), Load(10, 30))] * (FEWEST_AGENTS - 1)) is None
