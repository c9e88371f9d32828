"""Statistics from counts and sums: of values, and of a change with agents as clusters; pure.

Calls of one agent resemble one another, so agents are drawn and not calls: an interval over calls
would be far too narrow. Sources: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993),
chapter 13, for the interval of percentiles; Davison and Hinkley, "Bootstrap Methods and their
Application" (1997), 3.8, for drawing whole groups of values.
"""

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, variance
from typing import Final

RESAMPLES: Final = 2_000
SEED: Final = 365
LEVEL: Final = 0.95
# ASSUMED: no source names a least number of groups; four agents have 35 different draws.
FEWEST_AGENTS: Final = 5
"""With fewer an interval says nothing."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Two ends; they hold the true value in ``LEVEL`` of all samples."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What is said of many values."""

    count: int
    mean: float
    deviation: float
    """Of the sample; 0 for one value."""
    median: float
    p90: float
    """The smallest value that nine in ten do not exceed."""


def summarize(counts: Mapping[int, int]) -> Summary | None:
    """Return the summary of whole values by how often each occurs; None without any."""
    values = sorted(value for value, count in counts.items() if count > 0)
    n = sum(counts[value] for value in values)
    if n == 0:
        return None
    total = sum(value * counts[value] for value in values)
    squares = sum(value * value * counts[value] for value in values)
    # In whole numbers, so that nothing is lost however many there are.
    spread = (n * squares - total * total) / (n * (n - 1)) if n > 1 else 0.0
    middle = (_ranked(counts, values, (n + 1) // 2) + _ranked(counts, values, n // 2 + 1)) / 2
    return Summary(
        count=n,
        mean=total / n,
        deviation=math.sqrt(spread),
        median=middle,
        p90=_ranked(counts, values, -(-9 * n // 10)),
    )


def _ranked(counts: Mapping[int, int], values: Sequence[int], rank: int) -> int:
    """Return the value at ``rank``, counted from 1."""
    seen = 0
    for value in values:
        seen += counts[value]
        if seen >= rank:
            return value
    raise ValueError(f"no rank {rank} among {seen}")


@dataclass(frozen=True, slots=True)
class Load:
    """How much an agent did: calls, and their minutes together."""

    calls: int
    minutes: float

    @property
    def mean(self) -> float:
        """Minutes of a call."""
        return self.minutes / self.calls


@dataclass(frozen=True, slots=True)
class Pair:
    """An agent who worked both before and after."""

    before: Load
    after: Load


@dataclass(frozen=True, slots=True)
class Change:
    """How the mean of all calls changed, in minutes and as a share of what it was."""

    before: float
    after: float
    difference: Interval
    relative: Interval
    welch: Interval
    """The difference of the agents' means in minutes, each agent once, by Welch's test."""

    @property
    def share(self) -> float:
        """The change as a share of what was: -0.15 is 15 % less."""
        return self.after / self.before - 1


def compare(pairs: Sequence[Pair]) -> Change | None:
    """Return the change; None with fewer agents than an interval needs."""
    if len(pairs) < FEWEST_AGENTS:
        return None
    before, after = _means(pairs)
    draw = random.Random(SEED)  # noqa: S311 - a fixed draw, so that a report can be repeated
    means = [_means(draw.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES)]
    return Change(
        before=before,
        after=after,
        difference=_middle([late - early for early, late in means]),
        relative=_middle([late / early - 1 for early, late in means]),
        welch=welch(
            [pair.before.mean for pair in pairs],
            [pair.after.mean for pair in pairs],
        ),
    )


def _means(pairs: Sequence[Pair]) -> tuple[float, float]:
    calls = later_calls = 0
    minutes = later_minutes = 0.0
    for pair in pairs:
        calls += pair.before.calls
        minutes += pair.before.minutes
        later_calls += pair.after.calls
        later_minutes += pair.after.minutes
    return minutes / calls, later_minutes / later_calls


def _middle(values: Sequence[float]) -> Interval:
    """Return the ends of what lies in the middle, ``LEVEL`` of the values."""
    ordered = sorted(values)
    cut = round(len(ordered) * (1 - LEVEL) / 2)
    return Interval(ordered[cut], ordered[-1 - cut])


def welch(before: Sequence[float], after: Sequence[float]) -> Interval:
    """Return the interval of the difference of two means whose variances may differ.

    It takes the same agents before and after for different people, so it is rather too wide.
    Welch, "The generalization of 'Student's' problem", Biometrika 34 (1947).
    """
    parts = [variance(values) / len(values) for values in (before, after)]
    error = sum(parts)
    difference = fmean(after) - fmean(before)
    if error == 0:
        return Interval(difference, difference)
    freedom = error**2 / sum(
        part**2 / (len(values) - 1) for part, values in zip(parts, (before, after), strict=True)
    )
    reach = student(freedom) * math.sqrt(error)
    return Interval(difference - reach, difference + reach)


def student(freedom: float) -> float:
    """Return the 97.5 % point of Student's distribution, to 0.5 % from 3 degrees of freedom on.

    Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.5.
    """
    x = NormalDist().inv_cdf((1 + LEVEL) / 2)
    terms = (
        (x**3 + x) / 4,
        (5 * x**5 + 16 * x**3 + 3 * x) / 96,
        (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384,
        (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92_160,
    )
    return x + sum(term / freedom**power for power, term in enumerate(terms, 1))
