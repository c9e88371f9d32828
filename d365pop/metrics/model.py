"""What a report on the screen pop says, as values; every metric is measured, or says why not."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from d365pop.metrics.calls import AgentLoad
from d365pop.metrics.statistics import Change
from d365pop.spans import WEEK, Span


class Unit(StrEnum):
    """What a value counts."""

    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    MINUTES = "minutes"
    STARS = "stars"


class Source(StrEnum):
    """Where a value comes from."""

    DATAVERSE = "phonecall rows"
    TELEMETRY = "Application Insights"
    BOTH = "phonecall rows and Application Insights"


@dataclass(frozen=True, slots=True)
class Term:
    """What a metric means; the formula is printed, since vendors' differ."""

    key: str
    title: str
    formula: str
    unit: Unit
    source: Source


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a metric, such as an outcome."""

    label: str
    value: float
    unit: Unit


@dataclass(frozen=True, slots=True)
class Metric:
    """A term with its value; without one ``why`` says what is missing."""

    term: Term
    value: float | None
    count: int = 0
    """How many calls or events it rests on."""
    parts: tuple[Part, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """Calls of a part of the time, and the mean of those that were connected."""

    span: Span
    calls: int
    minutes: float | None

    @property
    def days(self) -> float:
        """How long it is: less than a whole week at the end, and before a change."""
        return (self.span.end - self.span.begin) / timedelta(days=1)

    @property
    def is_whole(self) -> bool:
        """Whether it can be compared with the others."""
        return self.span.end - self.span.begin == WEEK


class Verdict(StrEnum):
    """What the interval says of the claim."""

    SHOWN = "shown"
    REFUTED = "refuted"
    NEITHER = "neither shown nor refuted"


@dataclass(frozen=True, slots=True)
class Comparison:
    """The mean connected time before and after."""

    before: str
    """What it was compared with, in words."""
    after: str
    agents: int
    """Who talked in both times; nobody else is in the numbers."""
    left_out: int
    calls_before: int
    calls_after: int
    change: Change | None
    """None with too few agents."""
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one run found."""

    environment: str
    url: str
    span: Span
    metrics: tuple[Metric, ...]
    weeks: tuple[Week, ...]
    lengths: tuple[tuple[int, int], ...]
    """How many connected calls lasted how many minutes, in the order of the minutes."""
    comparison: Comparison | None
    agents: tuple[AgentLoad, ...] | None
    """Each agent by name; None unless asked for."""
    notes: tuple[str, ...]
