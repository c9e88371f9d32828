"""A report on the screen pop as one page for a manager; it loads nothing and runs nothing; pure."""

from typing import Final

from d365pop import __version__
from d365pop.metrics.comparing import CLAIM, INTERVAL, LEAST, MOST
from d365pop.metrics.model import Comparison, Metric, Report, Unit, Verdict
from d365pop.report.metrics_text import (
    comparison_sentences,
    days_text,
    length_bars,
    span_text,
    value_text,
    values_text,
)
from d365pop.report.page import asset
from d365pop.report.plots import Columns, Strip, columns, strip
from d365pop.report.templates import render_page

_TONES: Final = {Verdict.SHOWN: "good", Verdict.REFUTED: "bad", Verdict.NEITHER: "open"}


def metrics_html(report: Report) -> str:
    """Return the page."""
    return render_page(
        asset("metrics.html.j2"),
        asset("palette.css") + asset("metrics.css"),
        version=__version__,
        report=report,
        span=span_text(report),
        value=value_text,
        values=values_text,
        whole=_whole,
        weekly=_weekly(report),
        means=_means(report),
        lengths=_lengths(report),
        comparison=report.comparison,
        sentences=tuple(comparison_sentences(report.comparison)) if report.comparison else (),
        interval=_interval(report.comparison),
        claim=CLAIM,
        interval_name=INTERVAL,
        tone=_TONES[report.comparison.verdict] if report.comparison else "",
        minutes=Unit.MINUTES,
        days=days_text,
    )


def _whole(metric: Metric) -> float:
    """Return what the parts of a metric add up to, 0 where they are no parts of a whole."""
    counts = [part.value for part in metric.parts if part.unit is Unit.COUNT]
    return sum(counts) if len(counts) == len(metric.parts) else 0


def _weekly(report: Report) -> Columns | None:
    if not any(week.calls for week in report.weeks):
        return None
    names = [f"{week.span.begin:%d %b}" for week in report.weeks]
    told = [
        f"{week.span.begin:%Y-%m-%d}: {week.calls:,} calls{days_text(week)}"
        for week in report.weeks
    ]
    shorter = [n for n, week in enumerate(report.weeks) if not week.is_whole]
    return columns(names, [week.calls for week in report.weeks], told, shorter)


def _means(report: Report) -> Columns | None:
    weeks = [(week, week.minutes) for week in report.weeks if week.minutes is not None]
    if not weeks:
        return None
    return columns(
        [f"{week.span.begin:%d %b}" for week, _ in weeks],
        [minutes for _, minutes in weeks],
        [f"{week.span.begin:%Y-%m-%d}: {minutes:.2f} minutes" for week, minutes in weeks],
    )


def _lengths(report: Report) -> Columns | None:
    bars = length_bars(report)
    if not bars:
        return None
    names, values = [name for name, _, _ in bars], [calls for _, calls, _ in bars]
    return columns(names, values, [f"{name} min: {calls:,} calls" for name, calls, _ in bars])


def _interval(comparison: Comparison | None) -> Strip | None:
    if comparison is None or comparison.change is None:
        return None
    change = comparison.change
    return strip(change.relative.low, change.relative.high, change.share, (-MOST, -LEAST))
