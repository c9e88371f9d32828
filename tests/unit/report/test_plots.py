"""Marks of a plot lie inside it, and mean what they show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from d365pop.report.plots import WIDTH, columns, nice_step, strip

SHARES = st.floats(-0.9, 3.0)


@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=80))
def test_columns_lie_in_their_plot_and_are_as_high_as_their_values(values: list[float]) -> None:
    plot = columns([str(n) for n in range(len(values))], values, [""] * len(values))
    top = min(tick.place for tick in plot.ticks)
    most = float(plot.ticks[-1].label.replace(",", ""))
    for bar, value in zip(plot.bars, values, strict=True):
        assert plot.left <= bar.x <= bar.x + bar.width <= plot.right + 1e-6
        assert top - 1e-6 <= bar.y
        assert bar.y + bar.height == pytest.approx(plot.base)
        assert bar.height == pytest.approx((plot.base - top) * value / most, abs=1e-6)
    assert len(plot.names) <= 16


def test_nothing_at_all_is_an_empty_plot() -> None:
    assert columns([], [], []).bars == ()
    assert columns(["a"], [0.0], [""]).bars[0].height == 0.0


@given(SHARES, SHARES, SHARES)
def test_interval_lies_on_its_axis_in_its_order(one: float, two: float, three: float) -> None:
    low, middle, high = sorted((one, two, three))
    found = strip(low, high, middle, (-0.2, -0.15))
    assert 0 <= found.ticks[0].place <= found.low <= found.middle <= found.high
    assert found.high <= found.ticks[-1].place + 1e-6 <= WIDTH
    assert found.ticks[0].place <= found.band[0] < found.band[1] < found.zero


@pytest.mark.parametrize(
    ("reach", "step"), [(0, 1), (4, 1), (7, 2), (38_315, 10_000), (0.2, 0.05), (1, 0.5)]
)
def test_steps_are_round(reach: float, step: float) -> None:
    assert nice_step(reach) == pytest.approx(step)
