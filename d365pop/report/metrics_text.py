"""A report on the screen pop as text for a terminal, with small charts; pure."""

import textwrap
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from d365pop.metrics.calls import AgentLoad
from d365pop.metrics.comparing import CLAIM, INTERVAL, WARNING
from d365pop.metrics.model import Comparison, Metric, Report, Unit, Week
from d365pop.report.plain import one_line, visible, without_commands
from d365pop.wording import plural

NOT_MEASURED: Final = "not measured"
_NARROWEST, _WIDEST = 40, 100
_BAR: Final = 24
_MOST_BARS: Final = 16
_Bar: TypeAlias = tuple[str, int, str]
"""What a bar is called, its calls, and what is told of them."""


def metrics_text(report: Report, width: int) -> str:
    """Return the report in lines of at most ``width`` characters where words allow it."""
    width = max(_NARROWEST, min(width, _WIDEST))
    lines: list[str] = []
    for line in _lines(report):
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        lines += textwrap.wrap(line, width, subsequent_indent=indent) or [""]
    return without_commands(visible("\n".join(lines) + "\n"))


def value_text(value: float | None, unit: Unit) -> str:
    """Return a value with its unit, as people write it."""
    if value is None:
        return NOT_MEASURED
    match unit:
        case Unit.COUNT:
            return f"{value:,.0f}"
        case Unit.SHARE:
            return f"{value:.1%}"
        case Unit.SECONDS:
            return f"{value:.1f} s"
        case Unit.MINUTES:
            return f"{value:.2f} min"
        case Unit.STARS:
            return f"{value:.2f} of 5"


def values_text(metric: Metric) -> str:
    """Return how many values a metric rests on."""
    return f"{metric.count:,} value{'' if metric.count == 1 else 's'}"


def span_text(report: Report) -> str:
    """Return which time the report is about."""
    return f"{report.span.begin:%Y-%m-%d} to {report.span.end:%Y-%m-%d %H:%M} UTC"


def days_text(week: Week) -> str:
    """Return how long a part of the time is that is no whole week."""
    return "" if week.is_whole else f" ({week.days:.3g} days only)"


def _lines(report: Report) -> Iterator[str]:
    yield f"{report.environment} ({report.url}), {span_text(report)}"
    for metric in report.metrics:
        yield ""
        yield from _metric(metric)
    if report.comparison:
        yield from ("", "Connected time before and after")
        yield from (f"  {sentence}" for sentence in comparison_sentences(report.comparison))
    if any(week.calls for week in report.weeks):
        yield from ("", "Calls a week, from its first day on, and their mean connected time")
        yield from _bars([_week_bar(week) for week in report.weeks])
    if report.lengths:
        yield from ("", "Connected calls by minutes")
        yield from _bars(length_bars(report))
    if report.agents is not None:
        yield from ("", "Agents: connected calls and their mean connected time")
        yield from _bars([_agent_bar(agent) for agent in report.agents])
    if report.notes:
        yield ""
        yield from report.notes


def _week_bar(week: Week) -> _Bar:
    told = value_text(week.minutes, Unit.MINUTES) + days_text(week)
    return f"{week.span.begin:%Y-%m-%d}", week.calls, told


def _agent_bar(agent: AgentLoad) -> _Bar:
    return one_line(agent.label), agent.load.calls, value_text(agent.load.mean, Unit.MINUTES)


def length_bars(report: Report) -> list[_Bar]:
    """Return the histogram of the lengths; what is longer than most comes together."""
    shown = [(f"{minutes}", calls, "") for minutes, calls in report.lengths if minutes < _MOST_BARS]
    longer = sum(calls for minutes, calls in report.lengths if minutes >= _MOST_BARS)
    return [*shown, (f"{_MOST_BARS}+", longer, "")] if longer else shown


def _metric(metric: Metric) -> Iterator[str]:
    term, told = metric.term, metric.value is not None
    rests = f" ({values_text(metric)})" if told and term.unit is not Unit.COUNT else ""
    yield f"{term.title}: {value_text(metric.value, term.unit)}{rests}"
    if metric.value is None:
        yield f"  {metric.why}"
        return
    yield f"  = {term.formula}"
    if metric.parts:
        width = max(len(part.label) for part in metric.parts)
        for part in metric.parts:
            yield f"  {part.label:<{width}}  {value_text(part.value, part.unit)}"


def comparison_sentences(comparison: Comparison) -> Iterator[str]:
    """Yield what the comparison says, and what it does not."""
    yield f"{CLAIM}: {comparison.verdict}. {comparison.reason}"
    if change := comparison.change:
        yield (
            f"{comparison.before}: {change.before:.2f} min; {comparison.after}:"
            f" {change.after:.2f} min; change {change.share:+.1%}."
        )
        yield (
            f"Difference {change.after - change.before:+.2f} min, {INTERVAL}"
            f" {change.difference.low:+.2f} to {change.difference.high:+.2f} min (bootstrap over"
            f" agents); Welch on agents' means: {change.welch.low:+.2f} to"
            f" {change.welch.high:+.2f} min."
        )
    yield (
        f"{plural(comparison.agents, 'agent')} in both times with {comparison.calls_before:,} and"
        f" {comparison.calls_after:,} calls;"
        f" {plural(comparison.left_out, 'other')} left out."
    )
    yield WARNING


def _bars(rows: Sequence[_Bar]) -> Iterator[str]:
    """Yield a bar for each row, the longest ``_BAR`` characters long."""
    most = max((calls for _, calls, _ in rows), default=0) or 1
    names, counts = max(len(name) for name, _, _ in rows), len(f"{most:,}")
    for name, calls, told in rows:
        bar = "█" * round(_BAR * calls / most)
        yield f"  {name:<{names}}  {calls:>{counts},}  {bar:<{_BAR}}  {told}".rstrip()
