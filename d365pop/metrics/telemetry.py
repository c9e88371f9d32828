"""Turns the softphone's events, counted by Application Insights, into metrics.

Events and their properties are those of webresources/src/core/telemetry.js. ``itemCount`` weighs
what sampling has left out.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Final

from d365pop.application_insights.querying import Insights, InsightsError, TableRow
from d365pop.errors import NetworkError
from d365pop.metrics import terms
from d365pop.metrics.calls import Calls
from d365pop.metrics.model import Metric, Part, Term, Unit
from d365pop.metrics.report import missing
from d365pop.parallel import Pool, in_threads
from d365pop.spans import WEEK, Span
from d365pop.wording import plural

_SPREAD: Final = (
    " | summarize n = sum(itemCount), total = sum(value * itemCount),"
    " median = percentilew(value, itemCount, 50), p90 = percentilew(value, itemCount, 90)"
)
QUERIES: Final = {
    "events": (
        "| extend outcome = tostring(customDimensions.outcome),"
        " action = tostring(customDimensions.action), code = tostring(customDimensions.code),"
        " result = tostring(customDimensions.result), state = tostring(customDimensions.state),"
        " stars = toint(customMeasurements.stars)"
        " | summarize n = sum(itemCount), begin = min(timestamp)"
        " by name, outcome, action, code, result, state, stars"
    ),
    # An agent may open a record again: each pop counts once.
    "offers": (
        "| extend action = tostring(customDimensions.action),"
        " outcome = tostring(customDimensions.outcome), opened = tostring(customDimensions.opened)"
        ' | where action == "soft" and outcome in ("one", "many")'
        " | summarize n = max(itemCount),"
        ' times = countif(name == "screen pop opened" or opened == "true") by operation_Id'
        " | summarize offers = sum(n), accepted = sumif(n, times > 0)"
    ),
    "ring-to-record": (
        "| extend action = tostring(customDimensions.action),"
        " outcome = tostring(customDimensions.outcome), opened = tostring(customDimensions.opened)"
        ' | where name == "screen pop" and action == "auto" and outcome == "one"'
        ' and opened == "true" | extend value = todouble(customMeasurements.total)' + _SPREAD
    ),
    "answer-to-note": (
        '| where name == "first note"'
        " | extend value = todouble(customMeasurements.afterAnswer)" + _SPREAD
    ),
}
NO_EVENTS: Final = "no event of the softphone arrived in Application Insights in this time"
# The others of the page's states come and go with an ordinary day.
BROKEN_STATES: Final = (
    *("silent", "refused", "blocked", "unreachable", "unembeddable", "no-storage", "differs"),
)
STARS: Final = range(1, 6)


@dataclass(frozen=True, slots=True)
class Told:
    """What each of ``QUERIES`` was answered with, by its name."""

    tables: Mapping[str, Sequence[TableRow]]

    @property
    def events(self) -> Sequence[TableRow]:
        """How many events there were of each kind."""
        return self.tables["events"]

    def by(self, name: str, column: str) -> Counter[str]:
        """Return how many events of this name have which value."""
        found: Counter[str] = Counter()
        for row in self.events:
            if row.get("name") == name and row.get(column) not in {None, ""}:
                found[str(row[column])] += _whole(row, "n")
        return found

    def first(self, table: str) -> TableRow:
        """Return the only row of a table; an empty one where there is none."""
        return next(iter(self.tables[table]), {})


def read_telemetry(
    insights: Insights, span: Span, calls: Calls, pool: Pool = in_threads
) -> tuple[Metric, ...]:
    """Return what telemetry tells of ``span``; why it tells nothing, where that is so."""
    try:
        found = pool([partial(insights.rows, span, query) for query in QUERIES.values()])
        return _metrics(Told(dict(zip(QUERIES, found, strict=True))), span, calls)
    except InsightsError as error:
        return nothing(str(error))
    except NetworkError as error:
        return nothing(f"Application Insights was not reached: {error.message}")


def nothing(why: str) -> tuple[Metric, ...]:
    """Return every metric of telemetry as not measured."""
    return tuple(missing(term, why) for term in terms.FROM_TELEMETRY)


def _metrics(told: Told, span: Span, calls: Calls) -> tuple[Metric, ...]:
    if not sum(_whole(row, "n") for row in told.events):
        return nothing(NO_EVENTS)
    return (
        _pops(told),
        _matched(told),
        _time(told, terms.RING_TO_RECORD, "no record opened by itself in this time"),
        _time(told, terms.ANSWER_TO_NOTE, "no note was written in this time"),
        _click_to_dial(told, span, calls),
        _soft_pops(told),
        _failures(told),
        _satisfaction(told),
    )


def _pops(told: Told) -> Metric:
    counts = told.by("screen pop", "outcome")
    total = sum(counts.values())
    return Metric(terms.POPS, total, total, _parts(counts))


def _matched(told: Told) -> Metric:
    counts = told.by("screen pop", "outcome")
    ended = {outcome: counts[outcome] for outcome in ("one", "many", "none")}
    total = sum(ended.values())
    if not total:
        return missing(terms.MATCHED, "no search ended in this time")
    parts = tuple(Part(name, n / total, Unit.SHARE) for name, n in ended.items())
    return Metric(terms.MATCHED, 1 - ended["none"] / total, total, parts)


def _time(told: Told, term: Term, why: str) -> Metric:
    row = told.first(term.key)
    n = _whole(row, "n")
    if not n:
        return missing(term, why)
    parts = (
        Part("median", _seconds(row, "median"), Unit.SECONDS),
        Part("nine in ten at most", _seconds(row, "p90"), Unit.SECONDS),
    )
    return Metric(term, _seconds(row, "total") / n, n, parts)


def _click_to_dial(told: Told, span: Span, calls: Calls) -> Metric:
    term = terms.CLICK_TO_DIAL
    begin = min(_begin(row) for row in told.events)
    if begin > span.begin + WEEK:
        return missing(
            term,
            f"the softphone's events begin on {begin:%Y-%m-%d}, the calls on"
            f" {span.begin:%Y-%m-%d}; ask with --since {begin:%Y-%m-%d}",
        )
    results = told.by("dial", "result")
    # What Genesys refuses was told as placed before.
    dialled, outbound = results["placed"] - results["refused"], calls.outgoing()
    if not outbound:
        return missing(term, "no outbound phone call row begins in this time")
    if not 0 <= dialled <= outbound:
        return missing(
            term,
            f"{dialled:,} calls were dialled from the CRM, and {outbound:,} outbound ones are"
            " stored: not every call becomes a row",
        )
    parts = (
        Part("from the CRM", dialled, Unit.COUNT),
        Part("otherwise", outbound - dialled, Unit.COUNT),
    )
    return Metric(term, dialled / outbound, outbound, parts)


def _soft_pops(told: Told) -> Metric:
    row = told.first("offers")
    offers = _whole(row, "offers")
    if not offers:
        return missing(terms.SOFT_POPS, "no record was offered by a soft pop in this time")
    return Metric(terms.SOFT_POPS, _whole(row, "accepted") / offers, offers)


def _failures(told: Told) -> Metric:
    counts: Counter[str] = Counter()
    for row in told.events:
        if row.get("name") == "screen pop" and row.get("outcome") == "failed":
            counts[f"pop: {row.get('code') or 'unknown'}"] += _whole(row, "n")
    for result, n in told.by("dial", "result").items():
        if result != "placed":
            counts[f"dial: {result}"] += n
    for state, n in told.by("connection", "state").items():
        if state in BROKEN_STATES:
            counts[f"softphone: {state}"] += n
    total = sum(counts.values())
    return Metric(terms.FAILURES, total, total, _parts(counts))


def _satisfaction(told: Told) -> Metric:
    found = told.by("satisfaction", "stars")
    counts = {stars: found[str(stars)] for stars in STARS}
    n = sum(counts.values())
    if not n:
        return missing(terms.SATISFACTION, "no agent was asked, or none answered, in this time")
    parts = tuple(Part(plural(stars, "star"), count, Unit.COUNT) for stars, count in counts.items())
    return Metric(terms.SATISFACTION, sum(s * c for s, c in counts.items()) / n, n, parts)


def _parts(counts: Counter[str]) -> tuple[Part, ...]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Part(label, n, Unit.COUNT) for label, n in ordered)


def _begin(row: TableRow) -> datetime:
    """Return the day on which the first of these events came."""
    try:
        return datetime.combine(date.fromisoformat(str(row.get("begin"))[:10]), time(), UTC)
    except ValueError as error:
        raise InsightsError("Application Insights answers begin with no date") from error


def _seconds(row: TableRow, column: str) -> float:
    """Return a time, which the page measures in milliseconds."""
    return _number(row, column) / 1000


def _whole(row: TableRow, column: str) -> int:
    return round(_number(row, column))


def _number(row: TableRow, column: str) -> float:
    """Return a number; 0 where nothing was there to count, which Kusto answers as null."""
    value = row.get(column)
    if value is None:
        return 0
    if isinstance(value, bool) or not (isinstance(value, int | float) and math.isfinite(value)):
        raise InsightsError(f"Application Insights answers {column} with no number")
    return value
