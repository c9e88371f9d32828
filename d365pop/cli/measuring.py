"""Wires the metrics: configuration, environment and what is compared with what."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from d365pop.cli.options import STATE
from d365pop.cli.progress import working
from d365pop.cli.servers import open_dataverse
from d365pop.config import load
from d365pop.errors import UsageError
from d365pop.files import read_file
from d365pop.metrics import terms
from d365pop.metrics.baseline import by_baseline, parse_baseline
from d365pop.metrics.calls import Calls
from d365pop.metrics.comparing import compared
from d365pop.metrics.model import Comparison, Report
from d365pop.metrics.reading import read_calls
from d365pop.metrics.report import NO_TELEMETRY, About, make_report, missing
from d365pop.metrics.spans import Span, report_span, split_at
from d365pop.metrics.statistics import Load


@dataclass(frozen=True)
class Wishes:
    """What the command line says."""

    env: str
    config: Path
    since: str
    until: str
    change: str
    baseline: Path | None
    agents: bool


def measured(wishes: Wishes) -> Report:
    """Return the report.

    Raises:
        D365PopError: an option is wrong, or the environment refuses.
    """
    environment = load(wishes.config).environment(wishes.env)
    baseline = _baseline(wishes)
    span = report_span(wishes.since, wishes.until, datetime.now(UTC))
    spans = split_at(span, wishes.change) if wishes.change else (span,)
    names = wishes.agents or baseline is not None
    with open_dataverse(environment, STATE) as dataverse, working("Counting calls"):
        calls = read_calls(dataverse, spans, names=names)
    return make_report(
        About(wishes.env, environment.url, span, wishes.agents),
        calls,
        tuple(missing(term, NO_TELEMETRY) for term in terms.FROM_TELEMETRY),
        _before_and_after(calls, spans, wishes.change)
        if baseline is None
        else _against(baseline, str(wishes.baseline), calls),
    )


def _baseline(wishes: Wishes) -> dict[str, Load] | None:
    """Read the baseline before anything is asked of the environment."""
    if wishes.baseline is None:
        return None
    if wishes.change:
        raise UsageError(
            "options-exclude-each-other",
            "--change and --baseline cannot be given together.",
            hint="Run metrics twice.",
        )
    return parse_baseline(read_file(wishes.baseline), str(wishes.baseline))


def _against(baseline: dict[str, Load], path: str, calls: Calls) -> Comparison:
    after = by_baseline(calls.agents(), baseline)
    return compared(baseline, after, before_name=f"before ({path})", after_name="in this time")


def _before_and_after(calls: Calls, spans: tuple[Span, ...], change: str) -> Comparison | None:
    if not change:
        return None
    before, after = (_loads(calls.within(span)) for span in spans)
    return compared(before, after, before_name=f"before {change}", after_name=f"from {change} on")


def _loads(calls: Calls) -> dict[str, Load]:
    return {each.agent: each.load for each in calls.agents()}
