"""Where the marks of a plot lie, in the units of its picture; knows no markup."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 720
HEIGHT: Final = 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 12, 28
_MOST_LABELS: Final = 16
_MOST_TICKS: Final = 4
_STRIP_HEIGHT: Final = 90
_LEAST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Tick:
    """A line or a word at a place of an axis."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A column, with what is told of it."""

    x: float
    y: float
    width: float
    height: float
    label: str
    told: str
    pale: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """A plot of columns over their names."""

    bars: tuple[Bar, ...]
    names: tuple[Tick, ...]
    ticks: tuple[Tick, ...]
    left: float = _LEFT
    right: float = WIDTH - _RIGHT
    base: float = HEIGHT - _BOTTOM
    width: float = WIDTH
    height: float = HEIGHT


@dataclass(frozen=True, slots=True)
class Strip:
    """One interval on an axis, with a band that is meant to be reached."""

    low: float
    high: float
    middle: float
    band: tuple[float, float]
    zero: float
    ticks: tuple[Tick, ...]
    width: float = WIDTH
    height: float = _STRIP_HEIGHT


def columns(
    names: Sequence[str],
    values: Sequence[float],
    told: Sequence[str],
    pale: Collection[int] = (),
) -> Columns:
    """Return a plot of ``values``, none of them below 0; those at ``pale`` are not like others."""
    step = nice_step(max(values, default=0.0))
    most = max(step, math.ceil(max(values, default=0.0) / step) * step)
    room, tall = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    pitch = room / max(1, len(values))
    every = -(-len(names) // _MOST_LABELS)
    base = HEIGHT - _BOTTOM
    bars = tuple(
        Bar(
            x=_LEFT + n * pitch + pitch * 0.1,
            y=base - tall * value / most,
            width=pitch * 0.8,
            height=tall * value / most,
            label=name,
            told=text,
            pale=n in pale,
        )
        for n, (name, value, text) in enumerate(zip(names, values, told, strict=True))
    )
    return Columns(
        bars=bars,
        names=tuple(Tick(bar.x + bar.width / 2, bar.label) for bar in bars[:: max(1, every)]),
        ticks=tuple(
            Tick(base - tall * n * step / most, f"{n * step:,.10g}")
            for n in range(round(most / step) + 1)
        ),
    )


def strip(low: float, high: float, middle: float, band: tuple[float, float]) -> Strip:
    """Return a plot of an interval of shares, such as -0.2 for a fifth less."""
    begin, end = min(low, band[0], 0.0), max(high, band[1], 0.0)
    step = nice_step(end - begin)
    begin, end = math.floor(begin / step) * step, math.ceil(end / step) * step

    def place(value: float) -> float:
        return _LEFT + (value - begin) / (end - begin) * (WIDTH - _LEFT - 3 * _RIGHT)

    ticks = [begin + n * step for n in range(round((end - begin) / step) + 1)]
    return Strip(
        low=place(low),
        high=place(high),
        middle=place(middle),
        band=(place(band[0]), place(band[1])),
        zero=place(0.0),
        ticks=tuple(
            Tick(place(value), f"{value:+.0%}" if round(value, 6) else "0%") for value in ticks
        ),
    )


def nice_step(reach: float) -> float:
    """Return a step of 1, 2 or 5 and zeros that takes at most a few ticks to ``reach``."""
    if reach < _LEAST:
        return 1.0
    exact = reach / _MOST_TICKS
    power = 10.0 ** math.floor(math.log10(exact))
    return next(power * n for n in (1, 2, 5, 10) if power * n >= exact * (1 - 1e-9))
