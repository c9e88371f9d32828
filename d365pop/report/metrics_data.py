"""A report on the screen pop as JSON and as CSV; pure."""

import csv
import io
from collections.abc import Iterator
from typing import Final

from d365pop import __version__
from d365pop.metrics.comparing import WARNING
from d365pop.metrics.model import Comparison, Metric, Report
from d365pop.metrics.statistics import Interval
from d365pop.models import Json
from d365pop.report.json_text import dump, redacted
from d365pop.report.metrics_text import NOT_MEASURED
from d365pop.report.plain import one_line, visible, without_commands

FORMAT: Final = 1
"""Grows when a reader of the old shape would misread the new one; new keys alone leave it."""
COLUMNS: Final = ("metric", "part", "value", "unit", "count", "source", "note")
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


def _rows(report: Report) -> Iterator[tuple[object, ...]]:
    for metric in report.metrics:
        term = metric.term
        value = NOT_MEASURED if metric.value is None else metric.value
        note = metric.why if metric.value is None else term.formula
        count = "" if metric.value is None else metric.count
        yield (term.key, "", value, term.unit, count, term.source, note)
        for part in metric.parts:
            yield (term.key, part.label, part.value, part.unit, "", term.source, "")
    for week in report.weeks:
        day = f"{week.span.begin:%Y-%m-%d}"
        yield ("week", day, week.calls, "count", "", "phonecall rows", "calls")
        if week.minutes is not None:
            note = "mean connected time"
            yield ("week", day, week.minutes, "minutes", "", "phonecall rows", note)
    if report.comparison and (change := report.comparison.change):
        for name, number in (
            ("before", change.before),
            ("after", change.after),
            ("difference, low", change.difference.low),
            ("difference, high", change.difference.high),
        ):
            yield ("change", name, number, "minutes", "", "phonecall rows", "")
        for name, number in (("low", change.relative.low), ("high", change.relative.high)):
            yield ("change", f"relative, {name}", number, "share", "", "phonecall rows", "")
    if report.comparison:
        found = report.comparison
        yield ("claim", "15 to 20 % less", found.verdict, "", found.agents, "", found.reason)
    for agent in report.agents or ():
        name = agent.name or agent.agent
        yield ("agent", name, agent.load.minutes, "minutes", agent.load.calls, "phonecall rows", "")


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
