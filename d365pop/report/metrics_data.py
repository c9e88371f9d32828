"""A report on the screen pop as JSON and as CSV; pure."""

import csv
import io
from collections.abc import Iterator
from typing import Final, TypeAlias

from d365pop import __version__
from d365pop.metrics.comparing import CLAIM, WARNING
from d365pop.metrics.model import Comparison, Metric, Report, Source, Unit, Week
from d365pop.metrics.statistics import Interval
from d365pop.models import Json
from d365pop.report.json_text import dump, redacted
from d365pop.report.metrics_text import NOT_MEASURED
from d365pop.report.plain import one_line, visible, without_commands

FORMAT: Final = 1
"""Grows when a reader of the old shape would misread the new one; new keys alone leave it."""
COLUMNS: Final = ("metric", "part", "value", "unit", "count", "source", "note")
_Row: TypeAlias = tuple[str, str, float | str, str, int | str, str, str]
# A spreadsheet would take such a cell for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def metrics_json(report: Report) -> str:
    """Return all of the report; what is not measured has a null and a reason."""
    document: Json = {
        "format": FORMAT,
        "tool": {"name": "d365pop", "version": __version__},
        "environment": report.environment,
        "url": report.url,
        "since": report.span.begin.isoformat(),
        "until": report.span.end.isoformat(),
        "metrics": [_metric(metric) for metric in report.metrics],
        "weeks": [
            {"from": w.span.begin.isoformat(), "calls": w.calls, "minutes": w.minutes}
            for w in report.weeks
        ],
        "lengths": [{"minutes": minutes, "calls": calls} for minutes, calls in report.lengths],
        "comparison": _comparison(report.comparison) if report.comparison else None,
        "agents": None
        if report.agents is None
        else [
            {
                "id": agent.agent,
                "name": agent.name,
                "calls": agent.load.calls,
                "minutes": agent.load.minutes,
            }
            for agent in report.agents
        ],
        "notes": list[Json](report.notes),
    }
    return dump(redacted(document))


def metrics_csv(report: Report) -> str:
    """Return a line for each value, for a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in row] for row in _rows(report))
    return out.getvalue()


def _rows(report: Report) -> Iterator[_Row]:
    for metric in report.metrics:
        yield from _metric_rows(metric)
    for week in report.weeks:
        yield from _week_rows(week)
    if report.comparison:
        yield from _comparison_rows(report.comparison)
    for agent in report.agents or ():
        load = agent.load
        yield ("agent", agent.label, load.minutes, Unit.MINUTES, load.calls, Source.DATAVERSE, "")


def _metric_rows(metric: Metric) -> Iterator[_Row]:
    term = metric.term
    if metric.value is None:
        yield (term.key, "", NOT_MEASURED, term.unit, "", term.source, metric.why)
    else:
        yield (term.key, "", metric.value, term.unit, metric.count, term.source, term.formula)
    for part in metric.parts:
        yield (term.key, part.label, part.value, part.unit, "", term.source, "")


def _week_rows(week: Week) -> Iterator[_Row]:
    day = f"{week.span.begin:%Y-%m-%d}"
    yield ("week", day, week.calls, Unit.COUNT, "", Source.DATAVERSE, "calls")
    if week.minutes is not None:
        told = "mean connected time"
        yield ("week", day, week.minutes, Unit.MINUTES, "", Source.DATAVERSE, told)


def _comparison_rows(found: Comparison) -> Iterator[_Row]:
    if change := found.change:
        for name, value, unit in (
            ("before", change.before, Unit.MINUTES),
            ("after", change.after, Unit.MINUTES),
            ("difference, low", change.difference.low, Unit.MINUTES),
            ("difference, high", change.difference.high, Unit.MINUTES),
            ("relative, low", change.relative.low, Unit.SHARE),
            ("relative, high", change.relative.high, Unit.SHARE),
        ):
            yield ("change", name, value, unit, "", Source.DATAVERSE, "")
    yield ("claim", CLAIM, found.verdict, "", found.agents, "", found.reason)


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return value
    text = one_line(without_commands(visible(value)))
    return f"'{text}" if text.startswith(_FORMULA) else text


def _metric(metric: Metric) -> Json:
    term = metric.term
    return {
        "key": term.key,
        "title": term.title,
        "value": metric.value,
        "unit": term.unit,
        "count": None if metric.value is None else metric.count,
        "formula": term.formula,
        "source": term.source,
        "not_measured": metric.why,
        "parts": [{"label": p.label, "value": p.value, "unit": p.unit} for p in metric.parts],
    }


def _comparison(found: Comparison) -> Json:
    change = found.change
    return {
        "before": found.before,
        "after": found.after,
        "agents": found.agents,
        "left_out": found.left_out,
        "calls_before": found.calls_before,
        "calls_after": found.calls_after,
        "verdict": found.verdict,
        "reason": found.reason,
        "warning": WARNING,
        "change": {
            "before": change.before,
            "after": change.after,
            "relative": change.share,
            "difference_interval": _interval(change.difference),
            "relative_interval": _interval(change.relative),
            "welch_interval": _interval(change.welch),
        }
        if change
        else None,
    }


def _interval(interval: Interval) -> Json:
    return {"low": interval.low, "high": interval.high}
